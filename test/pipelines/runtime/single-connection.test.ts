import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import "../../../pipelines/runtime/kafka/kafkajs.js";

interface Connection {
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  isConnected(): boolean;
}
const require = createRequire(import.meta.url);
const Connection = require("kafkajs/src/network/connection") as new (options: object) => Connection;
const { createLogger } = require("kafkajs/src/loggers") as { createLogger: (options: object) => unknown };
const createSocketFactory = require("kafkajs/src/network/socketFactory") as () => unknown;
const silent = createLogger({ level: 0, logCreator: () => () => undefined });

test("calls to connect at once open one socket, which is closed with the connection", async (t) => {
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
