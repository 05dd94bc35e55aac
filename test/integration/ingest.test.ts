import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { stages } from "../../pipelines/stages/index.js";
import { newstape, startNewstape } from "../helpers/cli.js";
import { until } from "../helpers/count-load.js";
import { createTestCluster } from "../helpers/kafka.js";

test("a file with broken lines: each is refused with its number, the rest goes through, the exit code shows it", async (t) => {
  const cluster = await createTestCluster(t, stages);
  const directory = mkdtempSync(join(tmpdir(), "newstape-ingest-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const bars = join(directory, "bars.csv");
  writeFileSync(
    bars,
    [
      "symbol,date,open,high,low,close,adj_close,volume",
      "AAPL,2015-09-01,110,112,109,111,111,1000",
      "AAPL,2015-09-02,-110,112,109,111,111,1000",
      "AAPL,2015-09-03,NaN,112,109,111,111,1000",
      "NOPE,2015-09-04,110,112,109,111,111,1000",
      "AAPL,2015-09-05,110,112,109,111,111,1000",
      "AAPL,2015-09-08,110,112,109,111,111,1000",
    ].join("\n"),
  );
  const universe = join(directory, "universe.csv");
  writeFileSync(universe, "AAPL\n");
  const environment = { ...cluster.environment, NEWSTAPE_DATA: directory, NEWSTAPE_UNIVERSE: universe };
  const first = await newstape(environment, ["ingest", "bars", bars, "--origin", "backfill"]);
  assert.equal(first.code, 3, first.stderr);
  for (const [line, code] of [
    [3, "INVALID_PRICE"],
    [4, "INVALID_PRICE"],
    [5, "UNKNOWN_SYMBOL"],
    [6, "EXCHANGE_CLOSED"],
  ] as const) {
    assert.match(first.stderr, new RegExp(`${code} [^→]*line ${line}: `));
  }
  assert.equal((await cluster.readAll(cluster.names.topic("market.bars"))).length, 2);

  const second = await newstape(environment, ["ingest", "bars", bars, "--origin", "backfill"]);
  assert.match(second.stderr, /published before/);
  assert.equal((await cluster.readAll(cluster.names.topic("market.bars"))).length, 2);

  const stdin = await newstape(
    environment,
    ["ingest", "news", "-"],
    `{"id":"1","published_at":"2015-09-01T12:00:00Z","symbols":["AAPL"],"headline":"Apple rises"}\nnot JSON\n`,
  );
  assert.equal(stdin.code, 3, stdin.stderr);
  assert.match(stdin.stderr, /MALFORMED_LINE +1 +line 2: /);
  const tail = await newstape(environment, ["tail", "news.raw", "--from-beginning", "--count", "1"]);
  assert.equal(tail.code, 0, tail.stderr);
  const { value } = JSON.parse(tail.stdout) as { value: { headline: string; origin: string } };
  assert.deepEqual([value.headline, value.origin], ["Apple rises", "live"]);
});

test("Ctrl-C ends it with the code of an interruption, and the same command goes on", async (t) => {
  const cluster = await createTestCluster(t, stages);
  const directory = mkdtempSync(join(tmpdir(), "newstape-ingest-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const news = join(directory, "news.jsonl");
  const count = 150_000;
  const line = (index: number): string =>
    `{"id":"${index}","published_at":"2015-09-01T12:00:00Z","symbols":["AAPL"],"headline":"Apple rises ${index}"}`;
  writeFileSync(news, Array.from({ length: count }, (_, index) => line(index)).join("\n"));
  const environment = { ...cluster.environment, NEWSTAPE_DATA: directory };
  const topic = cluster.names.topic("news.raw");
  const ends = async (): Promise<number> => (await cluster.admin.offsets(topic)).reduce((sum, { end }) => sum + end, 0);

  const { exited, signal, output } = startNewstape(environment, ["ingest", "news", news]);
  await until(async () => (await ends()) > 0, "something is published");
  signal("SIGINT");
  assert.equal(await exited, 130, output());
  assert.match(output(), /newstape: interrupted\n.*same command goes on/);
  assert.doesNotMatch(output(), /\n\s+at /, "no stack");
  assert.ok((await ends()) < count);

  const again = await newstape(environment, ["ingest", "news", news]);
  assert.equal(again.code, 0, again.stderr);
  const keys = (await cluster.readAll(topic)).map(({ key }) => key);
  assert.equal(new Set(keys).size, count);
});

test("mistakes on the command line are errors with a remedy", async () => {
  const typo = await newstape(process.env, ["statsu"]);
  assert.notEqual(typo.code, 0);
  assert.match(typo.stderr, /status/);
  const topic = await newstape(process.env, ["tail", "signal"]);
  assert.equal(topic.code, 1);
  assert.match(topic.stderr, /There is no topic signal[\s\S]*signals/);
  const wrong = await newstape({ ...process.env, NEWSTAPE_PARTITIONS: "many" }, ["status"]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /NEWSTAPE_PARTITIONS/);
});
