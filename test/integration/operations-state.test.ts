/** Reset, rebuild and repartition of a stage on a real cluster. */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { changelogState } from "../../pipelines/operations/changelog.js";
import { planRebuild, rebuild, statefulStage } from "../../pipelines/operations/rebuild.js";
import { repartition } from "../../pipelines/operations/repartition.js";
import { planReset, reset } from "../../pipelines/operations/reset.js";
import { findUnfinished, refuseUnfinished } from "../../pipelines/operations/unfinished.js";
import { featuresStage } from "../../pipelines/stages/features.js";
import { waitUntil } from "../../deploy/local/processes.js";
import { partsOf } from "../../pipelines/stages/parts.js";
import { readConfig, type PipelineConfig } from "../../pipelines/config.js";
import { ClusterAdmin } from "../../pipelines/runtime/kafka/admin.js";
import { BulkTransaction } from "../../pipelines/runtime/kafka/bulk-transaction.js";
import { partitionOf } from "../../pipelines/runtime/kafka/partition-of.js";
import { topicRecord } from "../../pipelines/runtime/topic-record.js";
import { Metrics } from "../../pipelines/runtime/metrics.js";
import { namesUnder } from "../../pipelines/runtime/names.js";
import type { AnyStage } from "../../pipelines/runtime/stage/definition.js";
import { committedProgress } from "../../pipelines/runtime/stage/progress.js";
import { runStage } from "../../pipelines/runtime/stage/runner.js";
import { desiredTopics } from "../../pipelines/operations/topics/plan.js";
import { SubjectClient } from "../../pipelines/operations/topics/subjects.js";
import { startStageProcess } from "../helpers/child.js";
import { countStage, expectedState, sentimentOf, type CountState } from "../helpers/count-stage.js";
import { createTestCluster, type TestCluster } from "../helpers/kafka.js";
import { openOperations } from "../helpers/operations.js";
import { fixtureBars } from "../helpers/records.js";
import { rejectHeaders } from "../../schemas/headers.js";

interface Cluster extends TestCluster {
  readonly access: ReturnType<typeof openOperations>["access"];
}

async function createCluster(t: TestContext, stage: AnyStage, partitions = 3): Promise<Cluster> {
  const cluster = await createTestCluster(t, [stage], { NEWSTAPE_PARTITIONS: String(partitions) });
  const { access, close } = openOperations(cluster.config, [stage]);
  t.after(close);
  return { ...cluster, access };
}

/** With a connection of its own: the cluster's is closed before. */
function removeTopics(t: TestContext, { kafka }: Cluster, config: PipelineConfig): void {
  t.after(async () => {
    const admin = new ClusterAdmin(kafka);
    const existing = new Set(await admin.listTopics());
    const made = desiredTopics(config, partsOf([countStage])).map(({ name }) => name);
    await admin.deleteTopics(made.filter((name) => existing.has(name))).finally(() => admin.close());
  });
}

/** Runs the stage to the end of its inputs. */
async function drain({ config, kafka, logger }: TestCluster, stage: AnyStage): Promise<void> {
  const running = await runStage(stage, {
    config,
    kafka,
    logger,
    metrics: new Metrics(),
    services: {},
    drain: true,
  });
  await running.done;
  await running.stop();
}

/** The state as a restore would see it, order included; without the schema's id. */
async function stateOf({ access, names }: Cluster, stage: AnyStage): Promise<string[]> {
  const topic = names.changelog(stage.name);
  const partitions = await access.log.settledBounds(topic);
  const states = await Promise.all(partitions.map((bounds) => changelogState(access.log, topic, bounds)));
  return states.flatMap((state, partition) =>
    [...state].map(([key, { value }]) => `${partition} ${key} ${value.subarray(5).toString("base64")}`),
  );
}

async function outputsOf(cluster: TestCluster): Promise<string[]> {
  return (await cluster.readAll(cluster.names.topic("features"))).map(
    ({ partition, key, value }) => `${partition} ${key} ${value?.toString("base64")}`,
  );
}

const inputs = Array.from({ length: 400 }, (_, index) => sentimentOf(index, 25));

async function countCluster(t: TestContext): Promise<Cluster> {
  const cluster = await createCluster(t, countStage);
  await cluster.publish("news.sentiment", inputs);
  await drain(cluster, countStage);
  return cluster;
}

/** Spoils the state: one key lost, one wrong, one that never was. */
async function spoil(cluster: Cluster): Promise<void> {
  const { access, kafka, names } = cluster;
  const topic = names.changelog(countStage.name);
  const codec = await cluster.stateCodec<CountState>(countStage);
  const producer = new BulkTransaction(kafka, `${names.group("spoiler")}`);
  const wrong = codec.encode({ count: 1, digest: "wrong" });
  await producer.write(
    (await access.log.settledBounds(topic)).flatMap(({ partition }) => {
      const own = Array.from({ length: 25 }, (_, index) => `S${index}`).filter(
        (key) => partitionOf(key, 3) === partition,
      );
      const record = (key: string, value: Buffer | null) => ({ topic, partition, key, value });
      return [record(own[0] ?? "", null), record(own[1] ?? "", wrong), record(`stranger-${partition}`, wrong)];
    }),
  );
  await producer.close();
}

test("a rebuilt state is that of an undisturbed run, offsets and outputs stay", async (t) => {
  const cluster = await countCluster(t);
  const { access, admin, names } = cluster;
  const [state, outputs] = [await stateOf(cluster, countStage), await outputsOf(cluster)];
  const offsets = await admin.committed(names.group("count"), [names.topic("news.sentiment")]);
  await spoil(cluster);
  assert.notDeepEqual(await stateOf(cluster, countStage), state);

  const plan = await planRebuild(access, countStage);
  assert.equal(plan.truncated, 0);
  const tasks = await rebuild({ ...access, routers: {} as never }, countStage);
  assert.equal(
    tasks.reduce((sum, { records }) => sum + records, 0),
    400,
  );
  assert.deepEqual(
    tasks.map(({ keys: { added, changed, removed } }) => [added, changed, removed]),
    [1, 2, 3].map(() => [1, 1, 1]),
  );
  assert.deepEqual(await stateOf(cluster, countStage), state);
  assert.deepEqual(await outputsOf(cluster), outputs, "nothing was published again");
  assert.deepEqual(await admin.committed(names.group("count"), [names.topic("news.sentiment")]), offsets);

  await t.test("and the stage goes on from it", async () => {
    const more = Array.from({ length: 100 }, (_, index) => sentimentOf(400 + index, 25));
    await cluster.publish("news.sentiment", more);
    await drain(cluster, countStage);
    const codec = await cluster.stateCodec<CountState>(countStage);
    for (const [key, { count, digest }] of expectedState([...inputs, ...more])) {
      const found = (await stateOf(cluster, countStage)).find((line) => line.split(" ")[1] === key)?.split(" ")[2];
      assert.equal(found, codec.encode({ count, digest }).subarray(5).toString("base64"), key);
    }
  });
});

test("a rebuild that is killed inside a transaction leaves old states or new ones, and is run again", async (t) => {
  const cluster = await countCluster(t);
  const state = await stateOf(cluster, countStage);
  await spoil(cluster);
  const spoilt = await stateOf(cluster, countStage);
  const child = fork(fileURLToPath(new URL("../helpers/rebuild-process.js", import.meta.url)), {
    env: cluster.environment,
  });
  t.after(() => child.kill("SIGKILL"));
  await once(child, "message");
  child.kill("SIGKILL");
  await once(child, "exit");
  // The transaction of task 1 is still open: only the fence of the next run, or its time-out, ends it.
  const half = await stateOf(cluster, countStage);
  const of = (lines: readonly string[], task: number) => lines.filter((line) => line.startsWith(`${task} `));
  assert.deepEqual(of(half, 0), of(state, 0), "task 0 is done");
  assert.deepEqual(of(half, 1), of(spoilt, 1), "task 1 is as it was");
  await rebuild({ ...cluster.access, routers: {} as never }, countStage);
  assert.deepEqual(await stateOf(cluster, countStage), state);
});

test("a bar that came too late is in the state after a rebuild, as if it had come in time", async (t) => {
  const bars = fixtureBars("AAPL", 60);
  const late = bars[20];
  assert.ok(late);
  const inTime = await createCluster(t, featuresStage, 1);
  await inTime.publish("market.bars", bars);
  await drain(inTime, featuresStage);

  const disturbed = await createCluster(t, featuresStage, 1);
  await disturbed.publish("market.bars", [...bars.filter((bar) => bar !== late), late]);
  await drain(disturbed, featuresStage);
  const [reject] = await disturbed.readAll(disturbed.names.rejected("features"));
  assert.equal(reject?.headers[rejectHeaders.code], "BAR_TOO_OLD");
  assert.notDeepEqual(await stateOf(disturbed, featuresStage), await stateOf(inTime, featuresStage));

  const [task] = await rebuild({ ...disturbed.access, routers: {} as never }, featuresStage);
  assert.deepEqual(task?.rejected, {});
  assert.deepEqual(await stateOf(disturbed, featuresStage), await stateOf(inTime, featuresStage));
});

test("a rebuild reports what retention has deleted, and never lets a sequence go back", async (t) => {
  const cluster = await createCluster(t, featuresStage, 1);
  await cluster.publish("market.bars", fixtureBars("AAPL", 60));
  await drain(cluster, featuresStage);
  const codec = await cluster.stateCodec<{ sequence: number }>(featuresStage);
  const sequence = async (): Promise<number | undefined> => {
    const topic = cluster.names.changelog("features");
    const [bounds] = await cluster.access.log.bounds(topic);
    assert.ok(bounds);
    const state = await changelogState(cluster.access.log, topic, bounds);
    const value = state.get("AAPL")?.value;
    return value && (await codec.read(value)).sequence;
  };
  const before = await sequence();
  assert.equal(before, 20, "a vector for each bar after the warm-up");
  await cluster.access.operations.deleteRecords(cluster.names.topic("market.bars"), [{ partition: 0, offset: 40 }]);
  const plan = await planRebuild(cluster.access, featuresStage);
  assert.equal(plan.truncated, 1);
  assert.equal(plan.inputs[0]?.from, 40);
  const [task] = await rebuild({ ...cluster.access, routers: {} as never }, featuresStage);
  assert.equal(task?.records, 20);
  assert.equal(await sequence(), before);
});

test("reset and rebuild refuse while the stage runs, and stages without a state", async (t) => {
  const cluster = await createCluster(t, countStage);
  const member = startStageProcess(t, cluster.environment);
  await member.ready();
  const plan = await planReset(cluster.access, "count");
  await assert.rejects(
    reset(cluster.access, plan),
    /Resetting count needs the stages to be stopped.*count in 1 process/,
  );
  await assert.rejects(
    rebuild({ ...cluster.access, routers: {} as never }, countStage),
    /Rebuilding count needs the stages to be stopped/,
  );
  assert.equal(await findUnfinished(cluster.access), undefined, "nothing was begun");
  assert.throws(
    () => statefulStage([{ ...countStage, name: "bare", stateSchema: undefined } as unknown as AnyStage], "bare"),
    /keeps no state/,
  );
});

test("after a reset the same inputs give the same bytes, wherever it was interrupted", async (t) => {
  const cluster = await countCluster(t);
  const { access, admin, names } = cluster;
  const [state, outputs] = [await stateOf(cluster, countStage), await outputsOf(cluster)];
  const landing = async () => admin.committed(names.group("landing"), [names.topic("features")]);

  const steps: string[] = [];
  await reset(access, await planReset(access, "count"), (line) => steps.push(line));
  assert.ok(steps.length >= 5, steps.join("\n"));
  assert.deepEqual(await outputsOf(cluster), []);
  assert.deepEqual(await stateOf(cluster, countStage), []);
  assert.deepEqual(await admin.committed(names.group("count"), [names.topic("news.sentiment")]), []);
  const bounds = await access.log.bounds(names.topic("features"));
  assert.deepEqual(
    (await landing()).map(({ offset }) => offset),
    bounds.map(({ low }) => low),
  );
  await drain(cluster, countStage);
  assert.deepEqual(await outputsOf(cluster), outputs);

  for (let interruptedAt = 0; interruptedAt < steps.length; interruptedAt += 1) {
    let step = 0;
    const interrupted = reset(access, await planReset(access, "count"), () => {
      if (step++ === interruptedAt) throw new Error("interrupted");
    });
    await assert.rejects(interrupted, /interrupted/);
    await assert.rejects(refuseUnfinished(access), /`newstape reset count`, begun at .*, was not finished/);
    await reset(access, await planReset(access, "count"));
    await refuseUnfinished(access);
    await drain(cluster, countStage);
    assert.deepEqual(await outputsOf(cluster), outputs, steps[interruptedAt]);
    assert.deepEqual(await stateOf(cluster, countStage), state);
  }
});

test("everything moves to another number of partitions: records, time stamps, states, offsets, counts", async (t) => {
  const cluster = await countCluster(t);
  const { access, admin, names, config, kafka } = cluster;
  const subjects = new SubjectClient(config);
  const toPrefix = `${config.topicPrefix}wide.`;
  const move = () => repartition({ ...access, subjects, partitions: 5, toPrefix });
  const target = readConfig({ ...cluster.environment, NEWSTAPE_PARTITIONS: "5", NEWSTAPE_TOPIC_PREFIX: toPrefix });
  removeTopics(t, cluster, target);

  await assert.rejects(move(), /Records wait to be processed: landing: \d+ of/);
  const landed = await Promise.all(
    (["news.sentiment", "features"] as const).map(async (name) =>
      (await access.log.bounds(names.topic(name))).map(({ partition, stable }) => ({
        topic: names.topic(name),
        partition,
        offset: stable,
      })),
    ),
  );
  const producer = new BulkTransaction(kafka, names.group("tester"));
  await producer.write([], { groupId: names.group("landing"), offsets: landed.flat() });
  await producer.close();
  // The group's coordinator shows them when the transaction's marker has reached it.
  const standing = async () => admin.committed(names.group("landing"), [names.topic("features")]);
  const isCommitted = async () => (await standing()).some(({ offset }) => offset > 0);
  assert.ok(await waitUntil(isCommitted, 20_000), "the landing's offsets were not committed");

  const copied = await move();
  assert.equal(copied.find(({ to }) => to === `${toPrefix}features`)?.records, 400);
  const to = namesUnder(toPrefix);
  const records = async (topic: string) =>
    new Map(
      (await cluster.readAll(topic)).map((record) => [
        `${record.key} ${record.value?.toString("base64")}`,
        { timestamp: record.timestamp, headers: record.headers, partition: record.partition, key: record.key },
      ]),
    );
  const [before, after] = [await records(names.topic("features")), await records(to.topic("features"))];
  assert.equal(after.size, 400);
  for (const [content, { timestamp, headers, key, partition }] of after) {
    assert.equal(partition, partitionOf(key ?? "", 5));
    assert.deepEqual(
      { timestamp, headers },
      { timestamp: before.get(content)?.timestamp, headers: before.get(content)?.headers },
    );
  }
  const type = "message.timestamp.type";
  assert.deepEqual(
    await access.operations.setting([to.topic("features")], type).then((found) => [...found.values()]),
    await access.operations.setting([names.topic("features")], type).then((found) => [...found.values()]),
  );
  await assert.rejects(move(), /holds records already/);
  const committed = await admin.committed(to.group("count"), [to.topic("news.sentiment")]);
  assert.equal(committedProgress(committed).outcomes.emit, 400, "the accounting goes on");

  // The stage goes on under the new prefix, with the states that its keys had.
  const more = Array.from({ length: 100 }, (_, index) => sentimentOf(400 + index, 25));
  const codec = await cluster.codec("news.sentiment");
  const publisher = new BulkTransaction(kafka, to.group("tester"));
  await publisher.write(
    more.map((record) => topicRecord({ name: "news.sentiment", names: to, partitions: 5, codec }, record)),
  );
  await publisher.close();
  await drain({ ...cluster, config: target, names: to }, countStage);
  const states = await stateOf({ ...cluster, names: to }, countStage);
  const stateCodec = await cluster.stateCodec<CountState>(countStage);
  const expected = [...expectedState([...inputs, ...more])].map(
    ([key, value]) => `${partitionOf(key, 5)} ${key} ${stateCodec.encode(value).subarray(5).toString("base64")}`,
  );
  assert.deepEqual(states.sort(), expected.sort());
});

test("a repartition that was interrupted starts anew", async (t) => {
  const cluster = await createCluster(t, countStage);
  const { access, names, config } = cluster;
  const toPrefix = `${config.topicPrefix}wide.`;
  const options = { ...access, subjects: new SubjectClient(config), partitions: 2, toPrefix };
  const target = readConfig({ ...cluster.environment, NEWSTAPE_PARTITIONS: "2", NEWSTAPE_TOPIC_PREFIX: toPrefix });
  removeTopics(t, cluster, target);
  const registered = Array.from({ length: 50 }, (_, index) => Buffer.from(`value ${index}`));
  for (const [index, value] of registered.entries()) await cluster.publishRaw("scores", `S${index}`, value);
  // Only the landing reads scores here; it has landed them.
  const offsets = (await access.log.bounds(names.topic("scores"))).map(({ partition, stable }) => ({
    topic: names.topic("scores"),
    partition,
    offset: stable,
  }));
  const producer = new BulkTransaction(cluster.kafka, names.group("tester"));
  await producer.write([], { groupId: names.group("landing"), offsets });
  await producer.close();

  const broken = repartition(options, ({ from }) => {
    if (from === names.topic("scores")) throw new Error("interrupted");
  });
  await assert.rejects(broken, /interrupted/);
  await assert.rejects(repartition({ ...options, partitions: 4 }), /was not finished/);
  const copied = await repartition(options);
  assert.equal(copied.find(({ from }) => from === names.topic("scores"))?.records, 50);
  assert.equal((await cluster.readAll(`${toPrefix}scores`)).length, 50);
  assert.equal(await findUnfinished(access), undefined);
});
