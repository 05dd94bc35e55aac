import assert from "node:assert/strict";
import { test } from "node:test";
import { TransientError } from "../../../../schemas/transient-error.js";
import { crashAttempts } from "../../../../pipelines/runtime/stage/crash-watch.js";
import { decodeProgress, encodeProgress, noOutcomes } from "../../../../pipelines/runtime/stage/progress.js";
import { countOperator, expectedState, sentimentOf, type CountState } from "../../../helpers/count-stage.js";
import { batchOf, fakeTask, input, partition } from "../../../helpers/fake-task.js";
import { whenever } from "../../../helpers/whenever.js";

type Fake = Awaited<ReturnType<typeof fakeTask>>;
const changelog = { topic: "count.state", partition };

const inputs = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => sentimentOf(from + index, 3));
const sent = ({ sentiments }: Fake, from: number, count: number) =>
  batchOf(
    input,
    from,
    inputs(from, count).map((one) => [one.symbol, Buffer.from(sentiments.encode(one))]),
  );
const running = (fake: Fake): Promise<void> => whenever(() => fake.task.phase === "running");
const outputs = ({ brokers }: Fake) =>
  brokers.transactions.flatMap(({ records }) => records.filter(({ topic }) => topic === "features"));

/** The changelog as the broker holds it: the last value of each key. */
async function stateOf({ brokers, states }: Fake): Promise<Map<string, CountState>> {
  const state = new Map<string, CountState>();
  for (const { records } of brokers.transactions)
    for (const { topic, key, value } of records) {
      if (topic === changelog.topic) state.set(String(key), { ...(await states.read(value)) });
    }
  return state;
}

test("a task fences before it asks, restores before it seeks its inputs, and reads only then", async () => {
  const fake = await fakeTask();
  const { task, brokers, states } = fake;
  brokers.committed = [{ ...input, offset: 7 }];
  brokers.changelogEnd = 1;
  brokers.inputEnd = 9;
  task.start();
  await whenever(() => brokers.asked.some((asked) => asked.startsWith("resume count.state")));
  // Not its turn yet: it comes again once the input is sought.
  task.accept(sent(fake, 7, 1));
  assert.equal(task.lag, 0);
  const before: CountState = { count: 5, digest: "abc" };
  task.accept(batchOf(changelog, 0, [["S0", Buffer.from(states.encode(before))]]));
  await running(fake);
  assert.deepEqual(
    brokers.asked.filter((asked) => !asked.startsWith("pause news.sentiment")),
    [
      "fence",
      "offsets of news.sentiment",
      "offsets of count.state",
      "seek count.state/2 0",
      "resume count.state/2",
      "pause count.state/2",
      "seek news.sentiment/2 7",
      "resume news.sentiment/2",
    ],
  );
  assert.equal(task.lag, 2);
  const first = inputs(0, 9).find(({ symbol }) => symbol === "S0");
  task.accept(batchOf(input, 7, [["S0", Buffer.from(fake.sentiments.encode(first as never))]]));
  await whenever(() => outputs(fake).length > 0);
  assert.equal((await stateOf(fake)).get("S0")?.count, 6);
  await task.close();
});

test("a rebalance while the state is restored makes the take-over begin anew", async () => {
  const fake = await fakeTask();
  const { task, brokers } = fake;
  brokers.changelogEnd = 1;
  task.start();
  await whenever(() => brokers.asked.some((asked) => asked.startsWith("resume count.state")));
  brokers.changelogEnd = 0;
  task.rejoined();
  await running(fake);
  assert.equal(brokers.asked.filter((asked) => asked === "fence").length, 2);
  assert.equal(brokers.asked.includes("start over"), false);
  await task.close();
});

test("outputs, changelog and offsets are one transaction, and its place is after all that it read", async () => {
  const fake = await fakeTask();
  const { task, brokers } = fake;
  task.start();
  await running(fake);
  task.accept(sent(fake, 0, 6));
  await whenever(() => outputs(fake).length === 6);
  const [note, work] = brokers.transactions;
  // The first batch after a take-over is announced; see `CrashWatch`.
  assert.deepEqual([note?.records.length, note?.offsets[0]?.offset], [0, 0]);
  assert.deepEqual(work?.records.map(({ topic }) => topic).sort(), [
    ...Array.from({ length: 3 }, () => "count.state"),
    ...Array.from({ length: 6 }, () => "features"),
  ]);
  assert.equal(work?.offsets[0]?.offset, 6);
  assert.deepEqual(decodeProgress(work?.offsets[0]?.metadata).outcomes, {
    emit: 6,
    absorb: 0,
    duplicate: 0,
    reject: 0,
  });
  assert.deepEqual(await stateOf(fake), expectedState(inputs(0, 6)));
  await task.close();
});

test("what a failed commit had changed is forgotten, and done again from where the broker stands", async () => {
  const fake = await fakeTask();
  const { task, brokers } = fake;
  task.start();
  await running(fake);
  let failures = 0;
  brokers.onCommit = ({ records }) => {
    if (records.length > 0 && failures++ === 0) throw new Error("nobody answered");
  };
  task.accept(sent(fake, 0, 3));
  await whenever(() => brokers.asked.filter((asked) => asked === "fence").length === 2 && task.phase === "running");
  assert.ok(brokers.asked.includes("close producer"));
  assert.equal(brokers.asked.filter((asked) => asked.startsWith("seek news.sentiment/2 0")).length, 2);
  task.accept(sent(fake, 0, 3));
  await whenever(() => outputs(fake).length === 3);
  assert.deepEqual(await stateOf(fake), expectedState(inputs(0, 3)));
  await task.close();
});

test("a task that was fenced takes over again only once it is known to be the owner", async () => {
  let allow: () => void = () => undefined;
  const allowed = new Promise<void>((resolve) => (allow = resolve));
  let isAsked = false;
  const fake = await fakeTask({
    legitimate: () => {
      isAsked = true;
      return allowed;
    },
  });
  const { task, brokers } = fake;
  brokers.onTakeOver = () => {
    if (!isAsked) throw Object.assign(new Error("fenced"), { code: 90, type: "PRODUCER_FENCED" });
  };
  task.start();
  await whenever(() => isAsked);
  assert.equal(brokers.asked.filter((asked) => asked === "fence").length, 1);
  allow();
  await running(fake);
  await task.close();
});

test("a passing fault rejects nothing: the same batch is tried again", async () => {
  let tries = 0;
  const fake = await fakeTask({
    operator: {
      ...countOperator,
      process: (...args) => {
        tries += 1;
        if (tries < 3) throw new TransientError("the model is away");
        return countOperator.process(...args);
      },
    },
  });
  fake.task.start();
  await running(fake);
  fake.task.accept(sent(fake, 0, 2));
  await whenever(() => outputs(fake).length === 2);
  assert.equal(tries, 3);
  assert.deepEqual(await stateOf(fake), expectedState(inputs(0, 2)));
  await fake.task.close();
});

test("a batch that leaves a gap is not read: the input is sought where it stands", async () => {
  const fake = await fakeTask();
  fake.brokers.inputEnd = 9;
  fake.task.start();
  await running(fake);
  fake.task.accept(sent(fake, 4, 2));
  assert.equal(fake.brokers.asked.filter((asked) => asked === "seek news.sentiment/2 0").length, 2);
  assert.equal(fake.task.lag, 9);
  await fake.task.close();
  assert.deepEqual(fake.fatal, []);
});

test("fetching pauses while the buffer is full, and goes on when half of it has been processed", async () => {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const fake = await fakeTask({
    batchRecords: 1000,
    operator: {
      ...countOperator,
      process: async (...args) => {
        await finished;
        return countOperator.process(...args);
      },
    },
  });
  const { task, brokers } = fake;
  task.start();
  await running(fake);
  const before = brokers.asked.length;
  // 10,000 records fill it, whatever their size.
  for (let from = 0; from < 12_000; from += 2000) task.accept(sent(fake, from, 2000));
  const changes = () => brokers.asked.slice(before).filter((asked) => asked !== "commit");
  assert.deepEqual(changes(), ["pause news.sentiment/2"]);
  finish();
  await whenever(() => outputs(fake).length === 12_000);
  assert.deepEqual(changes(), ["pause news.sentiment/2", "resume news.sentiment/2"]);
  await task.close();
});

test("what retention has deleted before the task is fatal", async () => {
  const fake = await fakeTask();
  const { context, brokers } = fake;
  fake.brokers.committed = [{ ...input, offset: 3 }];
  const { offsets } = context.admin;
  Object.assign(context.admin, {
    offsets: async (topic: string) => (await offsets(topic)).map((bound) => ({ ...bound, low: 5, end: 9 })),
  });
  fake.task.start();
  await whenever(() => fake.fatal.length > 0);
  assert.match(fake.fatal[0]?.message ?? "", /count stands at offset 3.*deleted everything below 5/);
  await fake.task.close();
  assert.equal(brokers.transactions.length, 0);
});

test("a draining task ends when its inputs are read, and reports it once", async () => {
  const fake = await fakeTask({ drain: true });
  fake.brokers.inputEnd = 3;
  fake.task.start();
  await running(fake);
  // What came after the beginning is left to the next run.
  fake.task.accept(sent(fake, 0, 5));
  await whenever(() => fake.drained.length > 0);
  assert.equal(outputs(fake).length, 3);
  assert.equal(fake.brokers.transactions.at(-1)?.offsets[0]?.offset, 3);
  assert.equal(fake.task.phase, "drained");
  await fake.task.close();
});

test("closing ends after the transaction in work", async () => {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let isWorking = false;
  const fake = await fakeTask({
    operator: {
      ...countOperator,
      process: async (...args) => {
        isWorking = true;
        await finished;
        return countOperator.process(...args);
      },
    },
  });
  fake.task.start();
  await running(fake);
  fake.task.accept(sent(fake, 0, 2));
  await whenever(() => isWorking);
  const closed = fake.task.close();
  finish();
  await closed;
  assert.equal(outputs(fake).length, 2);
  assert.equal(fake.brokers.asked.at(-1), "close producer");
});

test("a record that three processes died on is rejected without another attempt, the others are taken one by one", async () => {
  const fake = await fakeTask();
  const { task, brokers } = fake;
  const crash = { life: "another process", record: `${input.topic}/${partition}/1`, attempts: crashAttempts };
  brokers.committed = [
    { ...input, offset: 1, metadata: encodeProgress({ outcomes: noOutcomes(), outputs: [], crash }) },
  ];
  brokers.inputEnd = 3;
  task.start();
  await running(fake);
  task.accept(sent(fake, 1, 2));
  await whenever(() => outputs(fake).length === 1);
  const written = brokers.transactions.flatMap(({ records }) => records.map(({ topic, headers }) => [topic, headers]));
  assert.deepEqual(
    written.filter(([topic]) => topic !== changelog.topic).map(([topic]) => topic),
    ["count.rejected", "features"],
  );
  assert.equal((written[0]?.[1] as Record<string, string>)["newstape-code"], "PROCESS_CRASHED");
  // Of the suspect no attempt is noted; of the next one is, before the operator is given it.
  const places = brokers.transactions.map(({ records, offsets: [at] }) => [
    records.length > 0,
    at?.offset,
    decodeProgress(at?.metadata).crash?.record,
  ]);
  assert.deepEqual(places, [
    [true, 2, undefined],
    [false, 2, `${input.topic}/${partition}/2`],
    [true, 3, undefined],
  ]);
  await task.close();
});
