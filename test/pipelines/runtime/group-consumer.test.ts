/** What a consumer of one member makes of KafkaJS's events. */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test, type TestContext } from "node:test";
import type { Kafka } from "../../../pipelines/runtime/kafka/client.js";
import { GroupConsumer } from "../../../pipelines/runtime/kafka/group-consumer.js";
import { createLogger } from "../../../pipelines/runtime/logger.js";

const place = { topic: "t", partition: 0 };
const names = [
  "GROUP_JOIN",
  "STOP",
  "HEARTBEAT",
  "FETCH_START",
  "FETCH",
  "END_BATCH_PROCESS",
  "CRASH",
  "REBALANCING",
  "REQUEST",
];

/** A consumer of KafkaJS that does what a test says, and what became of the positions. */
async function started(t: TestContext) {
  const emitter = new EventEmitter();
  const kafkajs = {
    events: Object.fromEntries(names.map((name) => [name, name])),
    on(event: string, listener: (event: unknown) => void) {
      emitter.on(event, listener);
      return () => emitter.off(event, listener);
    },
    connect: async () => undefined,
    subscribe: async () => undefined,
    run: async () => undefined,
    stop: async () => undefined,
    disconnect: async () => undefined,
    seek: () => undefined,
  };
  const kafka = { consumer: () => kafkajs } as unknown as Kafka;
  const consumer = new GroupConsumer(
    kafka,
    { groupId: "g", topics: [place.topic], sessionTimeoutMs: 6000 },
    createLogger("silent"),
  );
  const became: string[] = [];
  t.after(() => consumer.stop());
  await consumer.start({
    onAssigned: () => undefined,
    onBatch: () => undefined,
    onSkipped: ({ nextOffset }) => became.push(`skipped to ${nextOffset}`),
    onStale: (position) => {
      became.push("sought again");
      consumer.seek(position, 0);
    },
    onOutOfRange: () => undefined,
    onHeartbeat: () => undefined,
    onCrash: () => undefined,
  });
  emitter.emit("GROUP_JOIN", { payload: { groupId: "g", memberAssignment: { t: [0] } } });
  return {
    consumer,
    became,
    fetch: (...brokers: number[]) => brokers.forEach((nodeId) => emitter.emit("FETCH_START", { payload: { nodeId } })),
    /** The broker of the partition has given control records alone. */
    nothingTo: (lastOffset: number) =>
      emitter.emit("END_BATCH_PROCESS", { payload: { ...place, batchSize: 0, lastOffset: String(lastOffset) } }),
  };
}

test("what comes of a fetch of before a seek is sought again, until every broker has begun another", async (t) => {
  const { consumer, became, fetch, nothingTo } = await started(t);
  fetch(1, 2, 3);
  consumer.seek(place, 0);
  nothingTo(4);
  // The partition's broker answers at once, the others wait for records: between two of their fetches lie many of its own.
  for (const broker of [1, 2, 1, 1, 1]) {
    fetch(broker);
    nothingTo(4);
  }
  assert.deepEqual([...new Set(became)], ["sought again"]);
  fetch(3, 1);
  nothingTo(4);
  assert.equal(became.at(-1), "skipped to 5");
});

test("another seek waits for the fetches of before it", async (t) => {
  const { consumer, became, fetch, nothingTo } = await started(t);
  fetch(1, 2);
  consumer.seek(place, 0);
  fetch(1, 2);
  nothingTo(4);
  assert.deepEqual(became, ["skipped to 5"]);
  consumer.seek(place, 2);
  fetch(1);
  nothingTo(4);
  assert.deepEqual(became, ["skipped to 5", "sought again"]);
});
