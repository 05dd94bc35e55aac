import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { backfill } from "../../pipelines/operations/backfill/backfill.js";
import { HistoryLoader } from "../../pipelines/operations/backfill/load.js";
import { auditPipeline } from "../../pipelines/operations/audit.js";
import { latestSignals } from "../../pipelines/queries/latest-signals.js";
import { readSorted } from "../../pipelines/ingest/index.js";
import { stages } from "../../pipelines/stages/index.js";
import { topicNames, topics, type TopicName } from "../../schemas/topics.js";
import { newstape } from "../helpers/cli.js";
import type { TestCluster } from "../helpers/kafka.js";
import { createPipeline, silentProgress, sliceFiles, sliceSymbolNames, sliceSymbols } from "../helpers/pipeline.js";

/** The records of a topic as bytes, in the order of each key; without the schema's id, which is the registry's. */
async function contents(cluster: TestCluster, name: TopicName): Promise<string[]> {
  const records = await cluster.readAll(cluster.names.topic(name));
  const lines = records.map(({ key, value }) => `${key}:${value?.subarray(5).toString("base64") ?? ""}`);
  // Tasks of several partitions write to it, so that only its set of records is determined.
  return topics[name].repartitioned ? lines.sort() : lines;
}

test("a backfill of real data is accounted for, and the same bytes come of other batches, slices and processes", async (t) => {
  const first = await createPipeline(t);
  const run = { ...sliceFiles, symbols: sliceSymbols, progress: silentProgress };
  assert.equal((await backfill({ ...first, ...run })).loaded, true);

  const audit = await auditPipeline(first);
  assert.deepEqual(audit.problems, [], "topics, outcomes and tables agree");
  for (const name of [
    "news.raw",
    "news.sentiment",
    "market.context",
    "features",
    "scores",
    "forecasts",
    "signals",
  ] as const) {
    assert.ok((audit.records.get(name) ?? 0) > 200, `${name} has ${audit.records.get(name)} records`);
  }
  const codec = await first.codec("news.raw");
  const articles = await Promise.all(
    (await first.readAll(first.names.topic("news.raw"))).map(({ value }) => codec.read(value)),
  );
  const pairs = articles.reduce((sum, article) => sum + article.symbols.length, 0);
  assert.equal(audit.records.get("news.sentiment"), pairs, "one sentiment per article and symbol");

  await t.test("the doctor sees no gap, no double and nothing missing in it", async () => {
    const only = ["--only", "ledgers", "accounting", "sequences", "--all"];
    const { code, stdout } = await newstape(first.environment, ["doctor", "--json", ...only]);
    const { checks } = JSON.parse(stdout) as { checks: { check: string; findings: { summary: string }[] }[] };
    assert.equal(code, 0, stdout);
    const summary = checks.find(({ check }) => check === "accounting")?.findings[0]?.summary;
    assert.equal(summary, "balanced: news.sentiment, market.context, features, scores, forecasts, signals");
  });

  await t.test(
    "the latest signals: one a symbol, the strongest first, with the forecast that each came of",
    async () => {
      const signals = await latestSignals(first.database, 15);
      assert.ok(signals.length > 0);
      assert.equal(new Set(signals.map(({ symbol }) => symbol)).size, signals.length);
      const strengths = signals.map(({ strength }) => Math.abs(strength));
      assert.deepEqual(
        strengths,
        [...strengths].sort((a, b) => b - a),
      );
      for (const { symbol, predicted_price } of signals) assert.ok((predicted_price ?? 0) > 0, symbol);
    },
  );

  await t.test("a second backfill of the same history adds nothing", async () => {
    assert.equal((await backfill({ ...first, ...run })).loaded, false);
    const again = await auditPipeline(first);
    assert.deepEqual(again.records, audit.records);
    assert.deepEqual(again.rows, audit.rows);
    assert.deepEqual(again.problems, []);
  });

  await t.test("other batch limits and two processes a stage give the same bytes", async (t) => {
    const second = await createPipeline(t, { NEWSTAPE_BATCH_RECORDS: "37" });
    const news = await readSorted({ kind: "news", input: sliceFiles.newsFile, symbols: sliceSymbols, now: Date.now });
    const bars = await readSorted({ kind: "bars", input: sliceFiles.barsFile, symbols: sliceSymbols, now: Date.now });
    const history = { identity: "test", news: news.records, bars: bars.records };
    const loader = new HistoryLoader(second.config, second.kafka);
    t.after(() => loader.close());
    await loader.open();
    await loader.load(history, { news: history.news.length, bars: history.bars.length });
    for (const { name } of stages) {
      const processes = [1, 2].map(() => newstape(second.environment, ["run", name, "--drain"]));
      for (const { code, stderr } of await Promise.all(processes)) assert.equal(code, 0, stderr);
    }
    for (const name of topicNames.filter((topic) => topic !== "models.registry")) {
      assert.deepEqual(await contents(second, name), await contents(first, name), name);
    }
  });

  await t.test(
    "`newstape backfill`, a process for each stage, gives the same bytes, and nothing waits then",
    async (t) => {
      const third = await createPipeline(t);
      const directory = await mkdtemp(join(tmpdir(), "newstape-"));
      t.after(() => rm(directory, { recursive: true }));
      const symbols = join(directory, "symbols");
      await writeFile(symbols, sliceSymbolNames.join("\n"));
      const files = ["--news", sliceFiles.newsFile, "--bars", sliceFiles.barsFile, "--symbols", symbols];
      const { code, stderr } = await newstape(third.environment, ["backfill", ...files]);
      assert.equal(code, 3, "the slice's other symbols are refused");
      assert.match(stderr, /landing +done/);
      for (const name of topicNames.filter((topic) => topic !== "models.registry")) {
        assert.deepEqual(await contents(third, name), await contents(first, name), name);
      }
      const { stdout } = await newstape(third.environment, ["status", "--json"]);
      const { stages: listed } = JSON.parse(stdout) as { stages: { stage: string; lag: number }[] };
      assert.deepEqual(
        listed.filter(({ lag }) => lag !== 0),
        [],
      );
      assert.ok(listed.length > stages.length, "the landing too");
    },
  );
});
