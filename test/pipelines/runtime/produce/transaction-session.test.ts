import assert from "node:assert/strict";
import { test } from "node:test";
import { TransactionSession } from "../../../../pipelines/runtime/kafka/produce/transaction-session.js";
import { FakeBrokers, type Asked, type Reaction } from "./fake-brokers.js";

const [moved, concurrent, notAttempted] = [16, 51, 55];
const place = { topic: "t", partition: 0 };

/** Reactions in turn by the request's name; then everything is well. */
function cluster(
  script: Readonly<Record<string, readonly (Reaction | number)[]>>,
  places: Record<string, number> = {},
) {
  const left = new Map(Object.entries(script).map(([name, reactions]) => [name, [...reactions]]));
  const well = (errorCode: number, { name }: Asked): Reaction => {
    if (name === "AddPartitionsToTxn")
      return { errors: [{ topic: "t", partitionErrors: [{ partition: 0, errorCode }] }] };
    if (name === "TxnOffsetCommit") return { topics: [{ topic: "t", partitions: [{ partition: 0, errorCode }] }] };
    return { errorCode, producerId: "9", producerEpoch: 3 };
  };
  return new FakeBrokers(
    (asked) => {
      const next = left.get(asked.name)?.shift() ?? 0;
      return typeof next === "number" ? well(next, asked) : next;
    },
    { id: 1, group: 1, ...places },
    (_, known) => Object.assign(known, { id: 2, group: 2 }),
  );
}
const open = (brokers: FakeBrokers) => TransactionSession.initialise(brokers, "id", 1000);
const names = ({ asked }: FakeBrokers): string[] => asked.map(({ name, broker }) => `${name} ${broker}`);

test("a transaction makes each request to its coordinators once", async () => {
  const brokers = cluster({});
  const session = await open(brokers);
  await session.addPartitions([place, place]);
  await session.addPartitions([place]);
  assert.equal(await session.commitOffsets("group", [{ ...place, offset: 5 }]), 1);
  await session.commitOffsets("group", [{ ...place, offset: 6 }]);
  await session.end("commit");
  await session.end("commit");
  assert.deepEqual(names(brokers), [
    "InitProducerId 1",
    "AddPartitionsToTxn 1",
    "AddOffsetsToTxn 1",
    "TxnOffsetCommit 1",
    "TxnOffsetCommit 1",
    "EndTxn 1",
  ]);
});

test("a coordinator that is busy is tried again, one that has moved is looked up", async () => {
  const brokers = cluster({ AddPartitionsToTxn: [concurrent, concurrent], TxnOffsetCommit: [moved] });
  const session = await open(brokers);
  await session.addPartitions([place]);
  assert.deepEqual(brokers.forgotten, []);
  assert.equal(await session.commitOffsets("group", [{ ...place, offset: 5 }]), 2);
  assert.deepEqual(brokers.forgotten, ["group"]);
});

test("what never left is requested again; what has no answer ends the transaction", async () => {
  const brokers = cluster({ AddPartitionsToTxn: ["unreachable", "silent"] });
  const session = await open(brokers);
  await assert.rejects(session.addPartitions([place]), { name: "UnansweredError" });
  assert.deepEqual(names(brokers).slice(-2), ["AddPartitionsToTxn 1", "AddPartitionsToTxn 2"]);
});

test("a commit without an answer is requested until it is known, and nothing follows it", async () => {
  const brokers = cluster({ EndTxn: ["silent", concurrent, "silent"] });
  const session = await open(brokers);
  await session.addPartitions([place]);
  assert.equal(session.isOver, false);
  await session.end("commit");
  assert.deepEqual(names(brokers).slice(-4), ["EndTxn 1", "EndTxn 2", "EndTxn 2", "EndTxn 2"]);
  assert.equal(session.isOver, true);
});

test("an abort without an answer is left to the next producer", async () => {
  const brokers = cluster({ EndTxn: ["silent"] });
  const session = await open(brokers);
  await session.addPartitions([place]);
  await assert.rejects(session.end("abort"), { name: "UnansweredError" });
  assert.equal(names(brokers).filter((name) => name.startsWith("EndTxn")).length, 1);
});

test("to initialise is tried again even without an answer: it makes an epoch that is never used", async () => {
  const brokers = cluster({ InitProducerId: ["silent", concurrent, moved] });
  const session = await open(brokers);
  assert.deepEqual(session.identity.producerId, "9");
  assert.deepEqual(brokers.forgotten, ["id", "id"]);
});

test("of several partitions the one that was refused is reported, not those that were left alone for it", async () => {
  const partitionErrors = [
    { partition: 0, errorCode: notAttempted },
    { partition: 1, errorCode: 29 },
  ];
  const brokers = cluster({ AddPartitionsToTxn: [{ errors: [{ topic: "t", partitionErrors }] }] });
  const session = await open(brokers);
  await assert.rejects(session.addPartitions([place, { topic: "t", partition: 1 }]), /of t\/1: /);
});
