import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { readConfig } from "../../../../pipelines/config.js";
import { createKafka } from "../../../../pipelines/runtime/kafka/client.js";
import { Brokers, UnansweredError } from "../../../../pipelines/runtime/kafka/cluster/brokers.js";
import { createLogger } from "../../../../pipelines/runtime/logger.js";

/** A port that is listened on, and what came there. */
async function listen(t: TestContext, onData: (socket: Socket) => void = () => undefined) {
  const sockets = new Set<Socket>();
  let received = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", () => {
      received += 1;
      onData(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets, received: () => received, server };
}

function brokersAt(port: number): Brokers {
  const config = readConfig({
    KAFKA_BROKERS: `127.0.0.1:${port}`,
    SCHEMA_REGISTRY_URL: "http://127.0.0.1:1",
    DATABASE_URL: "postgres://127.0.0.1:1/none",
  });
  return new Brokers(createKafka(config, createLogger("silent"), "test"));
}

test("where no server listens every request fails with the reason, those that were made at once too", async (t) => {
  const { port, server } = await listen(t);
  server.close();
  await once(server, "close");
  const brokers = brokersAt(port);
  const answers = await Promise.allSettled([1, 2, 3].map(() => brokers.refresh(["t"])));
  for (const answer of answers) {
    assert.ok(answer.status === "rejected" && answer.reason instanceof UnansweredError);
    assert.match(answer.reason.message, /^Metadata to any broker: no answer \(.*ECONNREFUSED/);
    assert.equal(answer.reason.isSent, false);
  }
  brokers.close();
});

test("a broker that accepts connections and never answers gets no late request, and keeps no socket", async (t) => {
  const { port, sockets, received } = await listen(t);
  const brokers = brokersAt(port);
  const answers = await Promise.allSettled([1, 2, 3, 4].map(() => brokers.refresh(["t"])));
  for (const answer of answers) assert.ok(answer.status === "rejected" && answer.reason instanceof UnansweredError);
  const greetings = received();
  brokers.close();
  while (sockets.size > 0) await once([...sockets][0] as Socket, "close");
  assert.equal(received(), greetings, "something was sent after it was given up");
  await assert.rejects(brokers.refresh(["t"]), /the connections were closed/);
});
