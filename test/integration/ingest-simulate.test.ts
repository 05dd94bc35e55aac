import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { simulateMinutes } from "../../pipelines/ingest/simulation/simulate.js";
import { partitionOf } from "../../pipelines/runtime/kafka/partition-of.js";
import { stages } from "../../pipelines/stages/index.js";
import { newstape } from "../helpers/cli.js";
import { createTestCluster } from "../helpers/kafka.js";

const main = join(fileURLToPath(new URL("./", import.meta.url)), "..", "..", "pipelines", "cli", "main.js");

test("what is simulated lies in the topics, every record, in its partition, the same in every run", async (t) => {
  const cluster = await createTestCluster(t, stages);
  const args = "simulate --symbols 300 --minutes 5 --news-per-minute 4 --seed it --as-fast-as-possible --json".split(
    " ",
  );
  const first = await newstape(cluster.environment, args);
  assert.equal(first.code, 0, first.stderr);
  const expected = [...simulateMinutes({ symbols: 300, minutes: 5, newsPerMinute: 4, seed: "it" })];
  const bars = expected.flatMap((minute) => minute.bars);
  const articles = expected.flatMap((minute) => minute.articles);
  const summary = JSON.parse(first.stdout) as { bars: number; articles: number };
  assert.deepEqual([summary.bars, summary.articles], [bars.length, articles.length]);

  const read = async (name: "market.bars" | "news.raw") => {
    const codec = await cluster.codec(name);
    const stored = await cluster.readAll(cluster.names.topic(name));
    for (const { key, partition } of stored) assert.equal(partition, partitionOf(key ?? "", cluster.config.partitions));
    return { records: await Promise.all(stored.map(async ({ value }) => ({ ...(await codec.read(value)) }))), stored };
  };
  const storedBars = await read("market.bars");
  const byId = <Record extends { id: string }>(records: Record[]) =>
    [...records].sort((a, b) => (a.id < b.id ? -1 : 1));
  assert.deepEqual(byId(storedBars.records as typeof bars), byId(bars));
  assert.deepEqual(byId((await read("news.raw")).records as typeof articles), byId(articles));
  // A symbol's bars lie in the order of time.
  const last = new Map<string, number>();
  for (const { symbol, eventTime } of storedBars.records as typeof bars) {
    assert.ok(eventTime > (last.get(symbol) ?? 0));
    last.set(symbol, eventTime);
  }

  const again = await newstape(cluster.environment, args);
  assert.equal(again.code, 0, again.stderr);
  const values = (await read("market.bars")).stored.map(
    ({ key, value }) => `${key ?? ""} ${value?.toString("base64") ?? ""}`,
  );
  assert.equal(values.length, 2 * bars.length);
  assert.equal(new Set(values).size, bars.length, "the second run wrote the same bytes");
});

test("an interruption ends it cleanly, with what was sent", async (t) => {
  const cluster = await createTestCluster(t, stages);
  const child = spawn(process.execPath, [main, "simulate", "--symbols", "10", "--burst-every", "60000", "--json"], {
    env: cluster.environment,
  });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  const topic = cluster.names.topic("market.bars");
  // A topic that was made a moment ago may have no leader yet.
  const stored = (): Promise<number> =>
    cluster.readAll(topic).then(
      ({ length }) => length,
      () => 0,
    );
  while ((await stored()) === 0 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 100));
  child.kill("SIGINT");
  const [code] = (await once(child, "close")) as [number | null];
  assert.equal(code, 130);
  const { minutes, bars, interrupted } = JSON.parse(stdout) as { minutes: number; bars: number; interrupted: boolean };
  assert.deepEqual([minutes, interrupted], [1, true]);
  assert.equal((await cluster.readAll(topic)).length, bars);
});

test("options that contradict each other or make no sense are errors", async () => {
  const paces = await newstape(process.env, ["simulate", "--rate", "5", "--accelerate", "2"]);
  assert.notEqual(paces.code, 0);
  assert.match(paces.stderr, /--accelerate.*cannot be used with.*--rate|--rate.*cannot be used with.*--accelerate/);
  const interval = await newstape(process.env, ["simulate", "--interval", "7m"]);
  assert.notEqual(interval.code, 0);
  assert.match(interval.stderr, /Give 1m, 2m, 3m/);
});
