import assert from "node:assert/strict";
import { test } from "node:test";
import { examine, worst, type Check, type Surroundings } from "../../../../pipelines/operations/doctor/index.js";
import { error, ok, warning } from "../../../../pipelines/operations/doctor/check.js";
import { UserError } from "../../../../pipelines/runtime/errors.js";

const check = (name: string, run: Check["run"], needs: Check["needs"] = []): Check => ({
  name,
  looksAt: name,
  needs,
  run,
});
const nothing = {} as Surroundings;

test("a check whose server is away does not look: one fault is reported once", async () => {
  let isAsked = false;
  const results = await examine(
    [
      check("topics", async () => ((isAsked = true), [ok("fine")]), ["kafka"]),
      check("kafka", async () => [error("away", "why", "fix")]),
      check("tables", async () => [ok("fine")], ["database"]),
      check("database", async () => [ok("fine"), warning("slow", "why", "fix")]),
    ],
    nothing,
  );
  assert.deepEqual(
    results.map(({ check: name, severity }) => `${name} ${severity}`),
    ["topics unknown", "kafka error", "tables ok", "database warning"],
  );
  assert.equal(isAsked, false);
  assert.match(results[0]?.findings[0]?.summary ?? "", /kafka away/);
});

test("a check that fails or takes too long reports that it could not look, and the others go on", async () => {
  const results = await examine(
    [
      check("failing", async () => Promise.reject(new UserError("no right", "Ask for one."))),
      check("slow", () => new Promise(() => undefined)),
      check("fine", async () => [ok("fine")]),
    ],
    nothing,
    20,
  );
  assert.deepEqual(
    results.map(({ severity, findings: [finding] }) => `${severity} ${finding?.summary}`),
    ["unknown could not look: no right", "unknown no answer within 0.02 s", "ok fine"],
  );
  assert.match(results[0]?.findings[0]?.explanation ?? "", /Ask for one\./);
});

test("the worst counts: an error before a warning, that before what is not known", () => {
  assert.equal(worst([]), "ok");
  assert.equal(worst(["ok", "unknown"]), "unknown");
  assert.equal(worst(["warning", "unknown"]), "warning");
  assert.equal(worst(["warning", "error", "ok"]), "error");
});
