import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import "../../../pipelines/runtime/kafka/kafkajs.js";

interface Connection {
  send(request: object): Promise<unknown>;
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  isConnected(): boolean;
}
const require = createRequire(import.meta.url);
const Connection = require("kafkajs/src/network/connection") as new (options: object) => Connection;
const { createLogger } = require("kafkajs/src/loggers") as { createLogger: (options: object) => unknown };
const createSocketFactory = require("kafkajs/src/network/socketFactory") as () => unknown;
const silent = createLogger({ level: 0, logCreator: () => () => undefined });

/** A server that hands over its sockets, and a connection to it. */
async function connected(t: TestContext) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on("error", () => undefined)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const connection = new Connection({
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    logger: silent,
    connectionTimeout: 1000,
    requestTimeout: 1000,
    socketFactory: createSocketFactory(),
  });
  t.after(async () => connection.disconnect());
  const nextSocket = async (index: number): Promise<Socket> => {
    for (;;) {
      const socket = sockets[index];
      if (socket) return socket;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { connection, sockets, nextSocket };
}

test("a connection that broke in the middle of an answer begins with nothing of it when it connects again", async (t) => {
  const { connection, nextSocket } = await connected(t);
  /** One byte of body, which is handed back. */
  const question = {
    request: { apiKey: 0, apiVersion: 0, apiName: "Test", encode: async () => ({ buffer: Buffer.alloc(0) }) },
    response: { decode: async (bytes: Buffer) => ({ byte: bytes[0] }), parse: async (answer: unknown) => answer },
  };
  /** Length, number of the request, body. */
  const answer = (number: number, byte: number): Buffer => Buffer.from([0, 0, 0, 5, 0, 0, 0, number, byte]);
  await connection.connect();
  const first = await nextSocket(0);
  const cutOff = assert.rejects(connection.send(question), /Closed connection/);
  await once(first, "data");
  first.end(answer(0, 1).subarray(0, 6));
  await cutOff;
  await connection.connect();
  const second = await nextSocket(1);
  const asked = connection.send(question);
  await once(second, "data");
  second.write(answer(1, 7));
  assert.deepEqual(await asked, { byte: 7 });
});

test("calls to connect at once open one socket, which is closed with the connection", async (t) => {
  const { connection, sockets } = await connected(t);
  await Promise.all([connection.connect(), connection.connect(), connection.connect()]);
  assert.ok(connection.isConnected());
  await connection.connect();
  while (sockets.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(sockets.length, 1);
  const [socket] = sockets;
  assert.ok(socket);
  const ended = once(socket, "close");
  socket.resume();
  await connection.disconnect();
  await ended;
});
