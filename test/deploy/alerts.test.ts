import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { metricDefinitions } from "../../pipelines/metrics.js";
import { Metrics } from "../../pipelines/runtime/metrics.js";
import { packageRoot } from "../../schemas/files.js";

const read = (name: string): string => readFileSync(join(packageRoot, "deploy", "prometheus", name), "utf8");
const metricName = /\bnewstape_[a-z_]+/g;

test("alerts and their rule tests name only metrics that are served, with labels that they have", () => {
  const ofProcess = new Metrics().registry
    .getMetricsAsArray()
    .map((metric) => [metric.name, (metric as unknown as { labelNames: readonly string[] }).labelNames] as const);
  const declared = metricDefinitions.map(({ name, labelNames }) => [name, labelNames] as const);
  const served = new Map([...ofProcess, ...declared]);
  const sources = [read("alerts.yaml"), read("alerts.test.yaml")];
  for (const source of sources) {
    const names = source.match(metricName) ?? [];
    assert.ok(names.length > 0);
    for (const name of names) assert.ok(served.has(name), name);
    for (const [, name = "", labels = ""] of source.matchAll(/\b(newstape_[a-z_]+)\{([^}]*)\}/g)) {
      for (const [, label = ""] of labels.matchAll(/(\w+)=/g))
        assert.ok(["instance", "job", ...(served.get(name) ?? [])].includes(label), `${name} has no label ${label}`);
    }
  }
});

test("every alert has a rule test that sees it fire", () => {
  const alerts = [...read("alerts.yaml").matchAll(/- alert: (\w+)/g)].map(([, name]) => name ?? "");
  assert.ok(alerts.length > 0);
  const fired = [...read("alerts.test.yaml").matchAll(/alertname: (\w+)\s+exp_alerts:\s+- /g)].map(([, name]) => name);
  assert.deepEqual(
    alerts.filter((name) => !fired.includes(name)),
    [],
  );
});
