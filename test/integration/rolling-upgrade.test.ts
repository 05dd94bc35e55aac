/**
 * Two builds of one stage side by side, as a rolling upgrade has them: the new one adds a field to what the stage publishes and
 * one to its state, and serves another feature set. The old one's processes go on beside it, before it and after it.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type avro from "avsc";
import { featureSetsByName } from "../../operators/features/feature-sets.js";
import { vectorId } from "../../operators/features/vector-id.js";
import { auditPipeline } from "../../pipelines/operations/audit.js";
import { stageStatuses } from "../../pipelines/operations/stage-status.js";
import { featuresStage } from "../../pipelines/stages/features.js";
import { simulateMinutes } from "../../pipelines/index.js";
import { parseSchema } from "../../pipelines/runtime/avro-types.js";
import { PartitionLog } from "../../pipelines/runtime/kafka/partition-log.js";
import { stages } from "../../pipelines/stages/index.js";
import type { FeaturesState, FeatureVector } from "../../schemas/generated/types.js";
import { Cast } from "../chaos/cast.js";
import { expectedIds } from "../chaos/identity.js";
import { keepLoading, openLoad, warmUp } from "../chaos/load.js";
import { identityProblems } from "../chaos/verdict.js";
import { newstape } from "../helpers/cli.js";
import { until } from "../helpers/count-load.js";
import { createTestCluster, type TestCluster } from "../helpers/kafka.js";
import { createPipeline } from "../helpers/pipeline.js";
import { SchemaWatch } from "../helpers/schema-watch.js";
import { secondBuild, type BuildChanges } from "../helpers/second-build.js";

const [full, core] = featureSetsByName(["full", "core"]);
if (!full || !core) throw new Error("there are no feature sets full and core");

const operatorFile = "operators/features/operator.js";
const cause = { name: "cause", type: "string", default: "", doc: "What caused this vector, in one word." };
const lastTrigger = { name: "lastTrigger", type: "string", default: "", doc: "Id of the last bar or sentiment." };

/** An optional field in the records, and one in the state that the old build drops whenever it writes a state anew. */
const compatible: BuildChanges = {
  fields: { "features.avsc": cause, "features.state.avsc": lastTrigger },
  sources: {
    [operatorFile]: [
      ["const emptyState = {", 'const emptyState = {\n    lastTrigger: "",'],
      [
        "const next = { ...known, interval: bar.interval,",
        "const next = { ...known, lastTrigger: bar.id, interval: bar.interval,",
      ],
      ["const next = { ...known, asOf, news,", "const next = { ...known, lastTrigger: article.id, asOf, news,"],
      [
        "marketId: market?.id ?? null,",
        "marketId: market?.id ?? null,\n                cause: `${kind}:${trigger.id}`,",
      ],
    ],
  },
};

/** A state that the old build would misread, so that its version is raised; the new build brings older ones along. */
const incompatible: BuildChanges = {
  fields: { "features.state.avsc": lastTrigger },
  sources: {
    [operatorFile]: [["const emptyState = {", 'const emptyState = {\n    lastTrigger: "",']],
    "operators/features/layout.js": [
      ["export const stateVersion = 3;", "export const stateVersion = 4;"],
      ["calendar === defaultCalendar ? 2 : stateVersion", "stateVersion"],
      ["{ 2: (state) => state }", '{ 2: (state) => state, 3: (state) => ({ ...state, lastTrigger: "upgraded" }) }'],
    ],
  },
};

const stackDirectory = (): string => {
  const stack = process.env.NEWSTAPE_TEST_STACK;
  if (!stack) throw new Error("NEWSTAPE_TEST_STACK must name the test stack's data directory: run `npm test`");
  return stack;
};

function openLog(t: TestContext, cluster: TestCluster): PartitionLog {
  const log = new PartitionLog(cluster.kafka);
  t.after(() => log.close());
  return log;
}

async function readVectors(
  log: PartitionLog,
  cluster: TestCluster,
): Promise<{ value: Buffer; vector: FeatureVector }[]> {
  const codec = await cluster.codec("features");
  const topic = cluster.names.topic("features");
  const found: { value: Buffer; vector: FeatureVector }[] = [];
  for (const { partition, low, stable } of await log.settledBounds(topic)) {
    for await (const records of log.read(topic, partition, low, stable)) {
      for (const { value } of records) if (value) found.push({ value, vector: await codec.read(value) });
    }
  }
  return found;
}

/** Every number from 1 on, once: no process began anew, and none went on from a state that was not the last. */
function assertSequences(vectors: readonly FeatureVector[]): void {
  const bySymbol = new Map<string, number[]>();
  for (const { symbol, sequence } of vectors) bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), sequence]);
  for (const [symbol, sequences] of bySymbol)
    assert.deepEqual(
      sequences,
      sequences.map((_, index) => index + 1),
      symbol,
    );
}

interface ReplayReport {
  readonly stages: readonly {
    readonly stage: string;
    readonly records: number;
    readonly identical: number;
    readonly unverified: Readonly<Record<string, number>>;
  }[];
  readonly differences: readonly unknown[];
}

test("a stage is upgraded process by process under load: nothing is lost, doubled or changed", async (t) => {
  const pipeline = await createPipeline(t);
  const log = openLog(t, pipeline);
  const program = await secondBuild(t, compatible);
  const newer = { program, environment: { NEWSTAPE_FEATURE_SETS: "full,core" } };
  const crew = new Cast(
    { ...pipeline.environment, NEWSTAPE_LOG_LEVEL: "info" },
    join(stackDirectory(), "rolling-upgrade.log"),
  );
  const load = await openLoad(pipeline, 8, "upgrade");
  const audit = () => auditPipeline(pipeline);
  const oldId = (await pipeline.codec("features")).schemaId;
  const watch = new SchemaWatch(log, pipeline.names.topic("features"));
  /** Partitions, of those that have any symbol, in which the old build and the new one wrote since the mark. */
  const writers = async () => {
    const seen = [...(await watch.look())].filter(([, counts]) => counts.size > 0);
    const partitionsOf = (isOld: boolean): number[] =>
      seen.flatMap(([partition, counts]) =>
        [...counts.keys()].some((id) => (id === oldId) === isOld) ? [partition] : [],
      );
    return { old: partitionsOf(true), new: partitionsOf(false) };
  };
  try {
    crew.start(["sentiment", "market", "scores", "forecasts"]);
    crew.start(["landing"]);
    const first = crew.start(["features"]);
    const second = crew.start(["features"]);
    for (let minute = 0; minute < warmUp; minute += 1) await load.publish(false);
    await until(async () => (await audit()).problems.length === 0, "the warm-up is through");
    const loading = keepLoading(load);

    const applied = await newstape(pipeline.environment, ["topics", "apply", "--json"], "", program);
    assert.equal(applied.code, 0, applied.stderr);
    const kinds = (JSON.parse(applied.stdout) as { changes: { kind: string }[] }).changes.map(({ kind }) => kind);
    assert.deepEqual(kinds, ["register schema", "register schema"]);

    await crew.stop(first);
    await watch.mark();
    const pioneer = crew.start(["features"], newer);
    await until(async () => (await writers()).new.length > 0, "the new build works");
    await watch.mark();
    let mixed = await writers();
    await until(async () => {
      mixed = await writers();
      return mixed.new.length > 0 && mixed.old.length > 0;
    }, "old and new work side by side");

    await crew.kill(pioneer);
    await watch.mark();
    await until(async () => {
      const { old } = await writers();
      return mixed.new.every((partition) => old.includes(partition));
    }, "the old build goes on where the new one was");

    crew.start(["features"], newer);
    crew.start(["features"], newer);
    await watch.mark();
    await until(async () => (await writers()).new.length > 0, "the new build works again");
    await crew.stop(second);
    await watch.mark();
    await until(async () => {
      const { old, new: now } = await writers();
      const counts = [...(await watch.look()).values()].flatMap((seen) => [...seen.values()]);
      const isEnough = counts.reduce((sum, count) => sum + count, 0) > 400;
      return isEnough && old.length === 0 && mixed.new.concat(mixed.old).every((partition) => now.includes(partition));
    }, "the new build works everywhere");
    await loading.stop();
    await until(async () => (await audit()).problems.length === 0, "everything has its outcome and has landed");
    assert.deepEqual(crew.accidents, []);

    const found = await readVectors(log, pipeline);
    const newType = parseSchema(
      JSON.parse(await readFile(join(program, "../../../../schemas/features.avsc"), "utf8")) as avro.Schema,
    );
    const isOld = ({ value }: { value: Buffer }): boolean => value.readInt32BE(1) === oldId;
    const [before, after] = [found.filter(isOld), found.filter((record) => !isOld(record))];
    assert.ok(before.length > 100 && after.length > 100, `${before.length} old, ${after.length} new`);
    const optional = new Set(after.map(({ vector }) => vectorId(core.id, vector.triggerId, vector.symbol)));
    assert.deepEqual(await identityProblems(pipeline, await expectedIds(pipeline, load), optional), []);
    assertSequences(found.map(({ vector }) => vector).filter(({ featureSet }) => featureSet === full.id));
    assert.ok(before.every(({ vector }) => vector.featureSet === full.id));
    assert.equal(after.filter(({ vector }) => vector.featureSet === core.id).length * 2, after.length);
    for (const { value, vector } of after) {
      const { value: read } = newType.decode(value, 5) as { value: { cause: string } };
      assert.equal(read.cause, `${vector.trigger}:${vector.triggerId}`);
    }

    const environment = { ...pipeline.environment, ...newer.environment };
    const again = await newstape(environment, ["replay", "--verify", "--json"], "", program);
    assert.equal(again.code, 0, again.stdout + again.stderr);
    const { stages: replayed } = JSON.parse(again.stdout) as ReplayReport;
    assert.equal(replayed.length, stages.length);
    for (const { stage, records, identical, unverified } of replayed) {
      assert.ok(records > 0, stage);
      assert.equal(identical, records, stage);
      assert.deepEqual(unverified, {}, stage);
    }
    assert.equal(replayed.find(({ stage }) => stage === "features")?.records, found.length);

    // The old build verifies what it knows, and reports the rest as written by a newer one.
    const byOld = await newstape(pipeline.environment, ["replay", "--verify", "--stages", "features", "--json"]);
    assert.equal(byOld.code, 3, byOld.stdout + byOld.stderr);
    const {
      stages: [own],
      differences,
    } = JSON.parse(byOld.stdout) as ReplayReport;
    assert.deepEqual(differences, []);
    assert.equal(own?.identical, before.length);
    const [[reason, count] = ["", 0], ...others] = Object.entries(own?.unverified ?? {});
    assert.match(reason, /a newer one wrote it/);
    assert.deepEqual([count, others], [after.length, []]);
  } finally {
    await crew.end();
    await load.close();
  }
});

test("a state of a newer version is refused by the old build, and one of an older version is brought along", async (t) => {
  const cluster = await createTestCluster(t, stages);
  const log = openLog(t, cluster);
  const program = await secondBuild(t, incompatible);
  const logFile = join(stackDirectory(), "state-upgrade.log");
  const crew = new Cast({ ...cluster.environment, NEWSTAPE_LOG_LEVEL: "info" }, logFile);
  const minutes = simulateMinutes({ symbols: 12, minutes: 600, seed: "state", newsPerMinute: 0, missing: 0 });
  let published = 0;
  const publish = async (count: number): Promise<void> => {
    for (let minute = 0; minute < count; minute += 1) {
      const { bars = [] } = minutes.next().value ?? {};
      assert.ok(bars.length > 0, "there are minutes left, however long a build takes to join");
      await cluster.publish("market.bars", bars);
      published += bars.length;
    }
  };
  const allDone = async (): Promise<boolean> => {
    const statuses = await stageStatuses(cluster);
    const { outcomes } = statuses.find(({ stage }) => stage === "features") ?? {};
    return outcomes !== undefined && outcomes.emit + outcomes.absorb === published;
  };
  try {
    crew.start(["features"]);
    await publish(45);
    await until(allDone, "the old build is through");
    const applied = await newstape(cluster.environment, ["topics", "apply"], "", program);
    assert.equal(applied.code, 0, applied.stderr);
    const newId = async (): Promise<ReadonlySet<number>> => {
      const { schemaId } = await cluster.stateCodec<FeaturesState>(featuresStage);
      const states = await cluster.readAll(cluster.names.changelog("features"));
      return new Set(
        states.flatMap(({ value, partition }) => (value && value.readInt32BE(1) !== schemaId ? [partition] : [])),
      );
    };
    const newcomer = crew.start(["features"], { program });
    await until(async () => {
      await publish(1);
      return (await newId()).size > 0 && allDone();
    }, "both builds work side by side, each on its own tasks");
    assert.deepEqual(crew.accidents, []);

    await crew.kill(newcomer);
    await until(async () => crew.accidents.length > 0, "the old build refuses");
    assert.deepEqual(crew.accidents, ["features ended with 1"]);
    assert.match(
      await readFile(logFile, "utf8"),
      /The state of features is of version 4 \(key \S+\): a newer build wrote it, and this one reads versions up to 3/,
    );

    crew.start(["features"], { program });
    await publish(3);
    await until(allDone, "the new build has taken over all tasks");
    const vectors = (await readVectors(log, cluster)).map(({ vector }) => vector);
    assertSequences(vectors);
    const symbols = new Set(vectors.map(({ symbol }) => symbol)).size;
    assert.equal(symbols, 12);
    assert.equal(vectors.length, published - symbols * (full.warmUpBars - 1), "one vector for every warm bar");
    const type = parseSchema(
      JSON.parse(await readFile(join(program, "../../../../schemas/features.state.avsc"), "utf8")) as avro.Schema,
    );
    const { schemaId: oldId } = await cluster.stateCodec<FeaturesState>(featuresStage);
    const states = new Map<string, { version: number; lastTrigger: string }>();
    for (const { key, value } of await cluster.readAll(cluster.names.changelog("features"))) {
      if (key === null || value === null || value.readInt32BE(1) === oldId) continue;
      states.set(key, (type.decode(value, 5) as { value: { version: number; lastTrigger: string } }).value);
    }
    assert.equal(states.size, symbols);
    for (const { version, lastTrigger: from } of states.values()) assert.deepEqual([version, from], [4, "upgraded"]);
    const again = await newstape(
      cluster.environment,
      ["replay", "--verify", "--stages", "features", "--json"],
      "",
      program,
    );
    assert.equal(again.code, 0, again.stdout + again.stderr);
  } finally {
    await crew.end();
  }
});
