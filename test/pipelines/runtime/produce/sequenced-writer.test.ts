import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sequenceAfter, SequencedWriter } from "../../../../pipelines/runtime/kafka/produce/sequenced-writer.js";
import { FakeBrokers, type Asked, type Reaction } from "./fake-brokers.js";

interface Produce {
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly { partition: number; firstSequence: number; messages: { key: string | null }[] }[];
  }[];
}

/** Each partition with its first sequence and its keys. */
const sent = ({ broker, parameters }: Asked): string =>
  `${broker}: ${(parameters as Produce).topicData
    .flatMap(({ topic, partitions }) =>
      partitions.map(
        ({ partition, firstSequence, messages }) =>
          `${topic}/${partition}@${firstSequence} ${messages.map(({ key }) => key).join("")}`,
      ),
    )
    .join(", ")}`;

/** Every partition of the request answered by its code; 0 where none is given. */
const answer = ({ parameters }: Asked, codes: Readonly<Record<string, number>> = {}): Reaction => ({
  topics: (parameters as Produce).topicData.map(({ topic, partitions }) => ({
    topicName: topic,
    partitions: partitions.map(({ partition }) => ({
      partition,
      errorCode: codes[`${topic}/${partition}`] ?? 0,
      baseOffset: "7",
    })),
  })),
});

const record = (partition: number, key: string) => ({ topic: "t", partition, key, value: null });
const identity = { producerId: "1", producerEpoch: 0, withinMs: 2000 };
const plain = (brokers: FakeBrokers) => new SequencedWriter(brokers, { ...identity, transactionalId: null });
const transactional = (brokers: FakeBrokers) => new SequencedWriter(brokers, { ...identity, transactionalId: "id" });
const write = (writer: SequencedWriter, ...records: ReturnType<typeof record>[]) =>
  writer.deliver(writer.seal(records));

const notLeader = 6;
const duplicate = 46;

test("what one leader has written is not sent again with what another has not", async () => {
  let refusals = 2;
  const brokers = new FakeBrokers(
    (asked) => answer(asked, asked.broker === 2 && refusals-- > 0 ? { "t/1": notLeader } : {}),
    { "t/0": 1, "t/1": 2 },
  );
  const places = await write(plain(brokers), record(0, "a"), record(1, "b"), record(0, "c"));
  assert.deepEqual(brokers.asked.map(sent), ["1: t/0@0 ac", "2: t/1@0 b", "2: t/1@0 b", "2: t/1@0 b"]);
  assert.equal(brokers.refreshed, 2);
  assert.deepEqual(
    places.map(({ partition, baseOffset }) => [partition, baseOffset]),
    [
      [0, 7],
      [1, 7],
    ],
  );
});

test("a partition that moves to a broker that has answered already is sent there, with its number", async () => {
  const brokers = new FakeBrokers(
    (asked) => answer(asked, asked.broker === 2 ? { "t/1": notLeader } : {}),
    { "t/0": 1, "t/1": 2 },
    (_, places) => (places["t/1"] = 1),
  );
  await write(plain(brokers), record(0, "a"), record(1, "b"));
  assert.deepEqual(brokers.asked.map(sent), ["1: t/0@0 a", "2: t/1@0 b", "1: t/1@0 b"]);
});

test("numbers go on with each batch, and begin again at 0 behind the largest", async () => {
  const brokers = new FakeBrokers((asked) => answer(asked), { "t/0": 1, "t/1": 1 });
  const writer = plain(brokers);
  await write(writer, record(0, "a"), record(0, "b"));
  await write(writer, record(0, "c"), record(1, "d"));
  assert.deepEqual(brokers.asked.map(sent), ["1: t/0@0 ab", "1: t/0@2 c, t/1@0 d"]);
  assert.equal(sequenceAfter(2 ** 31 - 2, 1), 2 ** 31 - 1);
  assert.equal(sequenceAfter(2 ** 31 - 1, 1), 0);
  assert.equal(sequenceAfter(2 ** 31 - 1, 3), 2);
});

test("a plain write without an answer is the same one when it is sent again, and a duplicate is written", async () => {
  const reactions: ((asked: Asked) => Reaction)[] = [
    () => "silent",
    () => "unreachable",
    (asked) => answer(asked, { "t/0": duplicate }),
  ];
  const brokers = new FakeBrokers((asked) => reactions.shift()?.(asked) ?? answer(asked), { "t/0": 1 });
  const writer = plain(brokers);
  await write(writer, record(0, "a"));
  await write(writer, record(0, "b"));
  assert.deepEqual(brokers.asked.map(sent), ["1: t/0@0 a", "1: t/0@0 a", "1: t/0@0 a", "1: t/0@1 b"]);
});

test("in a transaction it ends the write, but not before the other leaders' requests have ended", async () => {
  let ended = 0;
  const brokers = new FakeBrokers(
    async (asked) => {
      if (asked.broker === 2) return "silent";
      await sleep(30);
      ended += 1;
      return answer(asked);
    },
    { "t/0": 1, "t/1": 2 },
  );
  const writer = transactional(brokers);
  await assert.rejects(write(writer, record(0, "a"), record(1, "b")), { name: "UnansweredError" });
  assert.equal(ended, 1);
  assert.equal(brokers.asked.length, 2);
  assert.ok(writer.isSpent);
  assert.throws(() => writer.seal([record(0, "c")]), /new producer id/);
});

test("in a transaction what never left is sent again", async () => {
  const reactions: Reaction[] = ["unreachable"];
  const brokers = new FakeBrokers((asked) => reactions.shift() ?? answer(asked), { "t/0": 1 });
  await write(transactional(brokers), record(0, "a"));
  assert.deepEqual(brokers.asked.map(sent), ["1: t/0@0 a", "1: t/0@0 a"]);
});

test("a refusal ends the write with the broker's reason; numbers out of order name what must have happened", async () => {
  const refuse = (errorCode: number) =>
    write(plain(new FakeBrokers((asked) => answer(asked, { "t/0": errorCode }), { "t/0": 1 })), record(0, "a"));
  await assert.rejects(refuse(10), { type: "MESSAGE_TOO_LARGE" });
  await assert.rejects(refuse(29), { type: "TOPIC_AUTHORIZATION_FAILED" });
  await assert.rejects(refuse(45), /t\/0, 1 records: the broker lacks records that were acknowledged before/);
});

test("a partition without a leader is waited for, for the set time and no longer", async () => {
  const late = new FakeBrokers(
    (asked) => answer(asked),
    {},
    (times, places) => {
      if (times === 3) places["t/0"] = 1;
    },
  );
  await write(plain(late), record(0, "a"));
  assert.equal(late.asked.length, 1);
  const never = new SequencedWriter(new FakeBrokers((asked) => answer(asked), {}), {
    ...identity,
    transactionalId: null,
    withinMs: 50,
  });
  await assert.rejects(write(never, record(0, "a")), { type: "LEADER_NOT_AVAILABLE" });
});
