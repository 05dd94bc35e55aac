import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { test } from "node:test";
import { kafkaAnswers, knownBrokers } from "../../../deploy/local/kafka-probe.js";

/** Size, correlation id, throttle time, the brokers (the second with a rack), and what comes after them. */
function metadataOf(brokers: readonly { id: number; rack?: string }[]): Buffer {
  const parts: Buffer[] = [int32(0), int32(0), int32(brokers.length)];
  for (const { id, rack } of brokers) {
    parts.push(int32(id), text("localhost"), int32(9092), rack === undefined ? Buffer.from([0xff, 0xff]) : text(rack));
  }
  const body = Buffer.concat([...parts, text("cluster"), int32(1), int32(0)]);
  return Buffer.concat([int32(body.length), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const text = (value: string): Buffer => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);

test("the brokers of a reply that comes in pieces", async (t) => {
  const reply = metadataOf([{ id: 1 }, { id: 4, rack: "west" }, { id: 7 }]);
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(reply.subarray(0, 30));
      setTimeout(() => socket.write(reply.subarray(30)), 20);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  assert.deepEqual(await knownBrokers(port), [1, 4, 7]);
  assert.equal(await kafkaAnswers(port), true);
});

test("a broker that the controller has not let in yet knows none, and does not count", async (t) => {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.write(metadataOf([])));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  assert.equal(await kafkaAnswers((server.address() as AddressInfo).port), false);
});
