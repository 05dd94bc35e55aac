/** Each patch of KafkaJS is checked where KafkaJS itself uses the thing, in a process that had loaded KafkaJS before. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const require = createRequire(import.meta.url);
const loadedBefore = require("kafkajs") as object;
require("kafkajs/src/network/connection");

const { installation } = await import("../../../pipelines/runtime/kafka/kafkajs.js");
const { installPatches, knownVersion, patches } = await import("../../../pipelines/runtime/kafka/patches.js");
const { encodeProduceBody } = await import("../../../pipelines/runtime/kafka/wire/produce-request.js");
const { FetchedMessage } = await import("../../../pipelines/runtime/kafka/wire/record-batches.js");
const { onOutOfRange } = await import("../../../pipelines/runtime/kafka/out-of-range.js");

test("what was loaded before does not stand in the way, and another version stays as it is, whole", () => {
  assert.deepEqual(installation, { installed: true });
  assert.notEqual(require("kafkajs"), loadedBefore);
  const applied: string[] = [];
  const other = Object.assign(
    (path: string) => (path.endsWith("package.json") ? { version: "9.9.9" } : applied.push(path)),
    {
      cache: {},
      resolve: (path: string) => path,
    },
  ) as unknown as NodeJS.Require;
  assert.deepEqual(installPatches(other), { installed: false, reason: `kafkajs 9.9.9, not ${knownVersion}` });
  assert.deepEqual(applied, []);
});

test("every patch has its purpose", () => {
  for (const { module, fault, instead, until } of patches)
    for (const text of [module, fault, instead, until]) assert.ok(text.length > 5, module);
});

const record = { key: "key", value: Buffer.from("value") };
const topicData = [{ topic: "t", partitions: [{ partition: 0, firstSequence: 0, messages: [record] }] }];

test("Produce requests are encoded into one buffer", async () => {
  const produce = require("kafkajs/src/protocol/requests/produce") as {
    protocol(
      version: object,
    ): (parameters: object) => { request: { encode(): Promise<{ buf: Buffer; buffer: Buffer }> } };
  };
  const parameters = { acks: -1, timeout: 1, producerId: "5", producerEpoch: 1, topicData };
  const { request } = produce.protocol({ version: 7 })(parameters);
  const encoded = await request.encode();
  // KafkaJS's encoder gives a part of a larger buffer.
  assert.equal(encoded.buf, encoded.buffer);
});

test("fetched records are decoded as far as somebody asks", async () => {
  const body = encodeProduceBody({
    transactionalId: null,
    acks: -1,
    timeout: 1,
    producerId: 5n,
    producerEpoch: 0,
    now: 1,
    topics: topicData,
  });
  // In the request: id, acks, time-out, one topic "t" of one partition, its number; then the length and the batch.
  const batch = body.subarray(2 + 2 + 4 + 4 + 3 + 4 + 4);
  const response = Buffer.alloc(14 + 4 + 3 + 4 + 4 + 2 + 8 * 3 + 4 + 4);
  let at = response.writeInt32BE(0, 0); // throttle
  at = response.writeInt16BE(0, at); // fault
  at = response.writeInt32BE(0, at); // session
  at = response.writeInt32BE(1, at); // topics
  at = response.writeInt16BE(1, at);
  at += response.write("t", at);
  at = response.writeInt32BE(1, at); // partitions
  at = response.writeInt32BE(0, at); // partition
  at = response.writeInt16BE(0, at); // fault
  for (const offset of [1n, 1n, 0n]) at = response.writeBigInt64BE(offset, at);
  at = response.writeInt32BE(0, at); // aborted transactions
  at = response.writeInt32BE(-1, at); // preferred replica
  const fetch = require("kafkajs/src/protocol/requests/fetch/v11/response") as {
    decode(bytes: Buffer): Promise<{ responses: { partitions: { messages: unknown[] }[] }[] }>;
  };
  const { responses } = await fetch.decode(Buffer.concat([response.subarray(0, at), batch]));
  const [message] = responses[0]?.partitions[0]?.messages ?? [];
  assert.ok(message instanceof FetchedMessage);
  assert.equal(message.keyText, "key");
});

test("a consumer's batch hides the records of aborted transactions that overlap", () => {
  interface Message {
    offset: string;
    key: Buffer | null;
    isControlRecord: boolean;
    batchContext: { producerId: string; inTransaction: true };
  }
  const Batch = require("kafkajs/src/consumer/batch") as new (
    topic: string,
    offset: string,
    data: object,
  ) => { messages: Message[] };
  const message = (offset: number, producerId: string, key: Buffer | null = null): Message => ({
    offset: String(offset),
    key,
    isControlRecord: key !== null,
    batchContext: { producerId, inTransaction: true },
  });
  const abort = Buffer.from([0, 0, 0, 0]);
  const messages = [message(0, "1"), message(1, "2"), message(2, "1", abort), message(3, "2"), message(4, "2", abort)];
  const abortedTransactions = [
    { producerId: "2", firstOffset: "1" },
    { producerId: "1", firstOffset: "0" },
  ];
  const { messages: visible } = new Batch("t", "0", {
    partition: 0,
    highWatermark: "5",
    messages,
    abortedTransactions,
  });
  assert.deepEqual(visible, []);
});

test("a group whose offset is gone gets a notice, and commits nothing", async (t) => {
  const OffsetManager = require("kafkajs/src/consumer/offsetManager") as {
    prototype: { setDefaultOffset(position: object): Promise<void> };
  };
  const reported: object[] = [];
  t.after(onOutOfRange("g", (position) => reported.push(position)));
  await OffsetManager.prototype.setDefaultOffset.call({ groupId: "g" }, { topic: "t", partition: 3 });
  assert.deepEqual(reported, [{ topic: "t", partition: 3 }]);
});

test("a coordinator that no broker could name is worth another try", async () => {
  const Cluster = require("kafkajs/src/cluster") as {
    prototype: { findGroupCoordinatorMetadata(parameters: object): Promise<unknown> };
  };
  const nobody = { brokerPool: { withBroker: async () => null } };
  await assert.rejects(
    Cluster.prototype.findGroupCoordinatorMetadata.call(nobody, { groupId: "g", coordinatorType: 0 }),
    { name: "KafkaJSGroupCoordinatorNotFound", retriable: true },
  );
});

interface GroupClass {
  prototype: {
    heartbeat(options: object): Promise<void>;
    recoverFromFetch(error: Error): Promise<void>;
  };
}
const fault = (name: string, type?: string): Error => Object.assign(new Error(name), { name, type });

test("a heartbeat without an answer makes the member look for another coordinator", async () => {
  const ConsumerGroup = require("kafkajs/src/consumer/consumerGroup") as GroupClass &
    (new (options: object) => GroupClass["prototype"]);
  const group = new ConsumerGroup({
    logger: { namespace: () => ({}) },
    topics: [],
    topicConfigurations: {},
    retry: {},
    cluster: {},
    groupId: "g",
    sessionTimeout: 1,
    rebalanceTimeout: 1,
  });
  const away = { heartbeat: async () => Promise.reject(fault("KafkaJSRequestTimeoutError")) };
  Object.assign(group, { memberId: "m", coordinator: away, lastRequest: 0 });
  await assert.rejects(group.heartbeat({ interval: 0 }), { type: "NOT_COORDINATOR_FOR_GROUP" });
  Object.assign(group, { coordinator: { heartbeat: async () => Promise.reject(fault("Other")) } });
  await assert.rejects(group.heartbeat({ interval: 0 }), { name: "Other" });
});

test("offsets that the former coordinator does not take go to the one that is now", async () => {
  const OffsetManager = require("kafkajs/src/consumer/offsetManager") as {
    prototype: { commitOffsets(offsets: object): Promise<void> };
  };
  const away = {
    isConnected: () => true,
    offsetCommit: async () => Promise.reject(fault("E", "NOT_COORDINATOR_FOR_GROUP")),
  };
  const next = { isConnected: () => true };
  const manager = {
    coordinator: away,
    groupId: "g",
    getCoordinator: async () => away,
    cluster: { refreshMetadata: async () => undefined, findGroupCoordinator: async () => next },
  };
  const topics = [{ topic: "t", partitions: [{ partition: 0, offset: "1" }] }];
  await assert.rejects(OffsetManager.prototype.commitOffsets.call(manager, { topics }), {
    type: "NOT_COORDINATOR_FOR_GROUP",
  });
  assert.equal(manager.coordinator, next);
});

test("what one broker cannot give is looked for anew, without joining the group again", async () => {
  const ConsumerGroup = require("kafkajs/src/consumer/consumerGroup") as GroupClass;
  let refreshed = 0;
  const group = {
    cluster: { refreshMetadata: async () => void (refreshed += 1) },
    joinAndSync: async () => assert.fail("it has joined again"),
  };
  const recover = (error: Error) => ConsumerGroup.prototype.recoverFromFetch.call(group as never, error);
  await recover(fault("KafkaJSRequestTimeoutError"));
  await recover(fault("KafkaJSProtocolError", "NOT_LEADER_FOR_PARTITION"));
  assert.equal(refreshed, 2);
  await assert.rejects(recover(fault("Other")), { name: "Other" });
});
