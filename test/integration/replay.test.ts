/** What was published, live or by a backfill, is what the log gives again; and what is not is found and explained. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { RegistryStore } from "../../models/registry/store.js";
import { backfill } from "../../pipelines/operations/backfill/backfill.js";
import { auditPipeline } from "../../pipelines/operations/audit.js";
import { readSorted } from "../../pipelines/ingest/index.js";
import { startPipeline } from "../../pipelines/pipeline.js";
import { publishRegistry } from "../../pipelines/services/registry.js";
import { replay, type ReplayOptions } from "../../pipelines/operations/replay/replay.js";
import type { Difference } from "../../pipelines/operations/replay/task-replay.js";
import { countRecords } from "../../pipelines/runtime/kafka/count-records.js";
import { PartitionLog } from "../../pipelines/runtime/kafka/partition-log.js";
import { Metrics } from "../../pipelines/runtime/metrics.js";
import type { AnyStage } from "../../pipelines/runtime/stage/definition.js";
import { stages } from "../../pipelines/stages/index.js";
import { lineageHeaders } from "../../schemas/headers.js";
import type { TopicName } from "../../schemas/topics.js";
import { until } from "../helpers/count-load.js";
import { newstape } from "../helpers/cli.js";
import { createPipeline, silentProgress, sliceFiles, sliceSymbols, type TestPipeline } from "../helpers/pipeline.js";

const outputs = stages.flatMap((stage) => stage.outputs as TopicName[]);

function openReplay(t: TestContext, pipeline: TestPipeline) {
  const log = new PartitionLog(pipeline.kafka);
  t.after(() => log.close());
  return async (options: Partial<ReplayOptions> = {}) => {
    const differences: Difference[] = [];
    const results = await replay({
      ...pipeline,
      log,
      stages,
      onDifference: (difference) => differences.push(difference),
      ...options,
    });
    return { results, differences };
  };
}

async function recordCounts({ kafka, admin, names, config }: TestPipeline): Promise<Map<string, number>> {
  return countRecords(kafka, admin, outputs.map(names.topic), config.topicPrefix);
}

/** Every record of every stage was compared and is identical. */
async function assertIdentical(pipeline: TestPipeline, run: ReturnType<typeof openReplay>): Promise<void> {
  const counts = await recordCounts(pipeline);
  const { results, differences } = await run();
  assert.deepEqual(differences.slice(0, 3), []);
  for (const stage of stages) {
    const result = results.find((candidate) => candidate.stage === stage.name);
    const published = (stage.outputs as TopicName[]).reduce(
      (sum, name) => sum + (counts.get(pipeline.names.topic(name)) ?? 0),
      0,
    );
    assert.deepEqual(result?.unverified, {}, stage.name);
    assert.ok(published > 0, stage.name);
    assert.equal(result?.records, published, `${stage.name}: every record was compared`);
    assert.equal(result?.identical, published, stage.name);
  }
}

test("a backfill is verified record by record; another operator, another model and a lost artefact are found", async (t) => {
  const pipeline = await createPipeline(t);
  await backfill({ ...pipeline, ...sliceFiles, symbols: sliceSymbols, progress: silentProgress });
  const run = openReplay(t, pipeline);
  await assertIdentical(pipeline, run);

  await t.test("an operator that gives something else: the fields that differ, and of what", async () => {
    const tampered = stages.map((stage): AnyStage => {
      if (stage.name !== "forecasts") return stage;
      const operator = stage.operator as { name: string; process: (...args: unknown[]) => unknown };
      const process = (...args: unknown[]): unknown =>
        (operator.process(...args) as { kind: string; records?: { topic: string; record: object }[] }[]).map(
          (outcome) =>
            outcome.kind === "emit"
              ? {
                  ...outcome,
                  records: outcome.records?.map(({ topic, record }) => ({
                    topic,
                    record: topic === "signals" ? { ...record, confidence: 0.123 } : record,
                  })),
                }
              : outcome,
        );
      return { ...stage, operator: { name: operator.name, process } as AnyStage["operator"] };
    });
    const { results, differences } = await run({ stages: tampered.filter(({ name }) => name === "forecasts") });
    const [first] = differences;
    assert.equal(first?.kind, "different");
    assert.equal(first?.topic, "signals");
    assert.deepEqual(
      first?.fields.map(({ path, recomputed }) => [path, recomputed]),
      [["confidence", 0.123]],
    );
    assert.match(first?.trigger ?? "", /scores|market\.bars/);
    assert.equal(differences.length, (results[0]?.records ?? 0) / 2, "the forecasts themselves are the same");
  });

  await t.test("what another model would have given, through to the signals", async () => {
    const changed = new Map<string, number>();
    await run({
      with: ["lgbm-direction@1.2.0"],
      stages: stages.filter(({ name }) => name === "scores"),
      onCompared: ({ isIdentical }) => assert.ok(isIdentical, "the same model gives the same"),
    });
    await assert.rejects(run({ with: ["nobody@1.0.0"] }), /does not know the model nobody@1\.0\.0/);
    const sentiment = stages.filter(({ name }) => name !== "sentiment" && name !== "market");
    await run({
      stages: sentiment,
      onCompared: ({ name, isIdentical }) => changed.set(name, (changed.get(name) ?? 0) + (isIdentical ? 0 : 1)),
    });
    assert.deepEqual(
      [...changed.values()].filter((count) => count > 0),
      [],
    );
  });

  await t.test("the command: exit code 0; 3 where an artefact is gone; 1 where a record was slipped in", async () => {
    const all = await newstape(pipeline.environment, ["replay", "--verify", "--stages", "scores", "--json"]);
    assert.equal(all.code, 0, all.stderr);
    const gone = await newstape({ ...pipeline.environment, NEWSTAPE_ARTIFACTS: "/nonexistent" }, [
      "replay",
      "--stages",
      "scores",
      "--json",
    ]);
    assert.equal(gone.code, 3, gone.stderr);
    assert.match(gone.stdout, /cannot be loaded/);

    const codec = await pipeline.codec("signals");
    const [signal] = await pipeline.readAll(pipeline.names.topic("signals"));
    assert.ok(signal);
    const record = await codec.read(signal.value);
    await pipeline.publish("signals", [{ ...record, strength: -record.strength }], signal.headers);
    const slipped = await newstape(pipeline.environment, ["replay", "--verify", "--stages", "forecasts"]);
    assert.equal(slipped.code, 1);
    assert.match(slipped.stdout, /was recorded, but forecasts does not give it/);
  });
});

test("a live run is verified: topics out of step, members that come and go, two feature sets, a route that changes", async (t) => {
  const pipeline = await createPipeline(t, { NEWSTAPE_FEATURE_SETS: "core,full", NEWSTAPE_BATCH_RECORDS: "23" });
  const { names, database } = pipeline;
  const read = { symbols: sliceSymbols, now: Date.now };
  const news = (await readSorted({ kind: "news", input: sliceFiles.newsFile, ...read })).records;
  const bars = (await readSorted({ kind: "bars", input: sliceFiles.barsFile, ...read })).records;
  const start = () =>
    startPipeline(
      stages.map(({ name }) => name),
      { ...pipeline, metrics: new Metrics() },
    );
  const first = await start();
  const pieces = 12;
  const piece = <Item>(items: readonly Item[], index: number): Item[] =>
    items.slice(Math.floor((items.length * index) / pieces), Math.floor((items.length * (index + 1)) / pieces));
  let second: Awaited<ReturnType<typeof start>> | undefined;
  for (let index = 0; index < pieces; index += 1) {
    // Now the bars are ahead, now the news: what a task takes is not in the order of the times.
    const publishBars = () => pipeline.publish("market.bars", piece(bars, index));
    const publishNews = () => pipeline.publish("news.raw", piece(news, index));
    if (index % 2 === 0) await publishBars().then(publishNews);
    else await publishNews().then(publishBars);
    if (index === 3) second = await start();
    if (index === 6) {
      const store = new RegistryStore(database);
      await store.setRoute("move", [
        { arm: "champion", model: "lgbm-move@1.2.0", share: 0.5 },
        { arm: "challenger", model: "lgbm-move@1.0.0", share: 0.5 },
      ]);
      await publishRegistry(pipeline, database);
    }
    if (index === 8) await first.stop();
  }
  // By the counts, not by the offsets: after the last record there may be a transaction that was aborted.
  const settled = async (): Promise<boolean> => {
    const { problems, records } = await auditPipeline(pipeline);
    return (records.get("signals") ?? 0) > 0 && !problems.some((problem) => problem.startsWith("outcomes of "));
  };
  await until(settled, "every stage is at the end of its inputs");
  await second?.stop();

  const run = openReplay(t, pipeline);
  const orders = (await pipeline.readAll(names.topic("features"))).filter(
    ({ headers }) => headers[lineageHeaders.order],
  );
  t.diagnostic(`${orders.length} vectors carry the order in which their inputs were taken`);
  await assertIdentical(pipeline, run);
  const arms = new Set<string>();
  await run({
    stages: stages.filter(({ name }) => name === "scores"),
    onCompared: ({ recorded }) => {
      for (const { arm } of (recorded as { targets?: { arm: string }[] }).targets ?? []) arms.add(arm);
    },
  });
  assert.deepEqual([...arms].sort(), ["challenger", "champion"]);
});
