import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { test, type TestContext } from "node:test";
import { anyFreePort, choosePort, isPortFree } from "../../../deploy/local/ports.js";

async function listener(context: TestContext, host = "127.0.0.1"): Promise<number> {
  const server: Server = createServer().listen(0, host);
  await once(server, "listening");
  context.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test("a port is busy when somebody listens on it, on one address or on all", async (context) => {
  assert.equal(await isPortFree(await listener(context)), false);
  assert.equal(await isPortFree(await listener(context, "0.0.0.0")), false);
  assert.equal(await isPortFree(await anyFreePort(new Set())), true);
});

test("a busy port that was asked for by number is an error that names its holder", async (context) => {
  const port = await listener(context);
  const message = new RegExp(`Port ${port} for Kafka is in use by process ${process.pid} \\(`);
  await assert.rejects(choosePort("Kafka", { explicit: port }, new Set()), { code: "PORT_BUSY", message });
});

test("a busy usual or recorded port gives way to the next free one", async (context) => {
  const usual = await listener(context);
  const chosen = await choosePort("Kafka", { usual }, new Set([usual + 1]));
  assert.ok(chosen > usual + 1, `${chosen} is neither ${usual} nor the one already given away`);
  const free = await anyFreePort(new Set());
  assert.equal(await choosePort("Kafka", { recorded: free, usual }, new Set()), free);
  assert.notEqual(await choosePort("Kafka", { recorded: usual, usual }, new Set()), usual);
});
