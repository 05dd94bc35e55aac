import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { readConfig } from "../../../../pipelines/config.js";
import { SubjectClient } from "../../../../pipelines/operations/topics/subjects.js";
import { UserError } from "../../../../pipelines/runtime/errors.js";

type Answer = readonly [status: number, body: string];

/** A registry that gives these answers, by method. */
async function registry(t: TestContext, answers: Readonly<Record<string, Answer>>): Promise<SubjectClient> {
  const server = createServer((request, response) => {
    const [status, body] = answers[request.method ?? ""] ?? [500, ""];
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return new SubjectClient(readConfig({ SCHEMA_REGISTRY_URL: `http://127.0.0.1:${port}` }));
}

const unknownSubject: Answer = [404, '{"error_code":40401,"message":"Subject not found"}'];
const refusal = (message: RegExp, remedy: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError, String(error));
  assert.match(error.message, message);
  assert.match(error.remedy ?? "", remedy);
  return true;
};

test("a question after what is not there has the answer no", async (t) => {
  const subjects = await registry(t, { GET: unknownSubject, POST: unknownSubject });
  assert.equal(await subjects.isRegistered("a-value", "{}"), false);
  assert.equal(await subjects.compatibility("a-value"), undefined);
});

test("a registry that lets read and not write: a 404 to a write is no success", async (t) => {
  const subjects = await registry(t, { GET: unknownSubject, POST: unknownSubject, PUT: unknownSubject });
  const refused = refusal(/answered 404 to (POST|PUT) .*nothing was written/, /may only read/);
  await assert.rejects(subjects.register("a-value", "{}"), refused);
  await assert.rejects(subjects.setCompatibility("a-value", "BACKWARD"), refused);
});

test("another server at that path is told apart from a registry without the subject", async (t) => {
  const page: Answer = [404, "<html>Not Found</html>"];
  const subjects = await registry(t, { GET: page, POST: page, PUT: page });
  const refused = refusal(/answered 404/, /no schema registry at this path/);
  await assert.rejects(subjects.isRegistered("a-value", "{}"), refused);
  await assert.rejects(subjects.compatibility("a-value"), refused);
  await assert.rejects(subjects.register("a-value", "{}"), refused);
});

test("a user without rights is named as that, and its password is not shown", async (t) => {
  for (const status of [401, 403, 405]) {
    const subjects = await registry(t, { GET: unknownSubject, PUT: [status, '{"error_code":40301}'] });
    const remedy = refusal(new RegExp(`answered ${status} to PUT`), /SCHEMA_REGISTRY_USERNAME/);
    await assert.rejects(subjects.setCompatibility("a-value", "FULL"), remedy);
  }
});
