import assert from "node:assert/strict";
import { test } from "node:test";
import { listProcesses } from "../../../deploy/local/processes.js";
import {
  killComponent,
  restartComponent,
  stackStatus,
  startComponent,
  startStack,
  stopStack,
} from "../../../deploy/local/stack.js";
import { cacheDirectory, temporaryStackDirectory } from "./helpers.js";

const subject = (url: string): string => `${url}/subjects/stack-test/versions`;

async function registerSchema(url: string): Promise<unknown> {
  const body = JSON.stringify({ schema: JSON.stringify({ type: "string" }) });
  const headers = { "content-type": "application/vnd.schemaregistry.v1+json" };
  return (await fetch(subject(url), { method: "POST", headers, body })).json();
}

test("the stack starts, is reused, heals after everything was killed, and leaves nothing running", async (context) => {
  const dataDirectory = await temporaryStackDirectory(context);
  const lines: string[] = [];
  const start = () =>
    startStack({ dataDirectory, cacheDirectory, ports: "any", onProgress: (line) => lines.push(line) });

  // Two at the same time: one starts, the other waits and finds everything running.
  const [first, second] = await Promise.all([start(), start()]);
  assert.deepEqual(second, first);
  assert.equal(lines.filter((line) => line.includes("answers on port")).length, 3, lines.join("\n"));
  assert.equal(lines.filter((line) => line.includes("is running on port")).length, 3, lines.join("\n"));

  // A schema that was acknowledged is still there after a kill.
  const registered = await registerSchema(first.schemaRegistryUrl);
  await Promise.all((["kafka", "registry", "postgres"] as const).map((name) => killComponent(dataDirectory, name)));
  assert.ok((await stackStatus(dataDirectory)).every(({ healthy, pid }) => !healthy && pid === undefined));
  assert.deepEqual(await start(), first);
  assert.deepEqual(await registerSchema(first.schemaRegistryUrl), registered);
  assert.ok((await stackStatus(dataDirectory)).every(({ healthy }) => healthy));

  // One server alone, on the same port, while another start is requested.
  await killComponent(dataDirectory, "postgres");
  await Promise.all([startComponent(dataDirectory, "postgres"), start()]);
  const before = (await stackStatus(dataDirectory)).find(({ name }) => name === "postgres");
  await restartComponent(dataDirectory, "postgres");
  const after = (await stackStatus(dataDirectory)).find(({ name }) => name === "postgres");
  assert.ok(after?.healthy && before?.healthy);
  assert.equal(after.port, before.port);
  assert.notEqual(after.pid, before.pid);

  assert.deepEqual(await stopStack(dataDirectory), ["Kafka", "Schema registry", "PostgreSQL"]);
  assert.deepEqual(await stopStack(dataDirectory), []);
  const left = (await listProcesses()).filter(
    ({ command, workingDirectory }) => command.includes(dataDirectory) || workingDirectory?.startsWith(dataDirectory),
  );
  assert.deepEqual(left, []);
});
