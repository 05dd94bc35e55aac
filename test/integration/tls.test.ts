/** Brokers, registry and database behind TLS, as managed services have them: with certificates that are right, wrong, and replaced. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { anyFreePort } from "../../deploy/local/ports.js";
import { readConfig } from "../../pipelines/config.js";
import { connect } from "../../pipelines/operations/connection.js";
import { SubjectClient } from "../../pipelines/operations/topics/subjects.js";
import { Database } from "../../pipelines/runtime/database/database.js";
import { UserError } from "../../pipelines/runtime/errors.js";
import { certificateAuthority, type Certified } from "../helpers/certificates.js";
import { createTestDatabase } from "../helpers/database.js";
import { startKafkaCluster } from "../helpers/kafka-cluster.js";
import { kafkaLibraries } from "../helpers/kafka-libraries.js";
import { tlsFront } from "../helpers/tls-front.js";

function files(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), "newstape-tls-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return (name: string, content: string): string => {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  };
}

const oneLine = (pem: string): string => pem.replace(/\r?\n/g, "\n");

const refusal = (message: RegExp, remedy: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError, error instanceof Error ? error.stack : String(error));
  assert.match(error.message, message);
  assert.match(error.remedy ?? "", remedy);
  return true;
};

test("brokers that ask for a client certificate", async (t) => {
  const file = files(t);
  const [authority, other] = await Promise.all([certificateAuthority("Newstape test"), certificateAuthority("Other")]);
  const server = await authority.issue({ name: "broker" });
  const secured = { port: await anyFreePort(new Set()), protocol: "SSL" as const };
  const broker = await startKafkaCluster({
    libraries: await kafkaLibraries(),
    nodes: 1,
    secured,
    settings: {
      "listener.name.secured.ssl.client.auth": "required",
      "listener.name.secured.ssl.keystore.type": "PEM",
      "listener.name.secured.ssl.keystore.certificate.chain": oneLine(server.cert),
      "listener.name.secured.ssl.keystore.key": oneLine(server.key),
      "listener.name.secured.ssl.truststore.type": "PEM",
      "listener.name.secured.ssl.truststore.certificates": oneLine(authority.pem),
    },
  });
  t.after(() => broker.close());
  const ca = file("ca.pem", authority.pem);
  const environment = (own?: Certified): NodeJS.ProcessEnv => ({
    ...process.env,
    KAFKA_BROKERS: `localhost:${secured.port}`,
    KAFKA_TLS_CA: ca,
    ...(own && { KAFKA_TLS_CERT: file("own.pem", own.cert), KAFKA_TLS_KEY: file("own.key", own.key) }),
  });
  const brokers = async (given: NodeJS.ProcessEnv): Promise<number> => {
    const connection = await connect(readConfig(given), { logLevel: "silent" });
    try {
      return await connection.admin.brokerCount();
    } finally {
      await connection.close();
    }
  };

  await t.test("one that the authority has signed is let in", async () => {
    assert.equal(await brokers(environment(await authority.issue({ name: "client" }))), 1);
  });
  await t.test("none, and one of another authority, are refused with the variable that mends it", async () => {
    await assert.rejects(brokers(environment()), refusal(/does not answer/, /KAFKA_TLS_CERT/));
    await assert.rejects(
      brokers(environment(await other.issue({ name: "x" }))),
      refusal(/does not answer/, /KAFKA_TLS_CERT/),
    );
  });
  await t.test("a server that nobody here knows is refused with the variable that mends it", async () => {
    const own = await authority.issue({ name: "client" });
    const unknown = { ...environment(own), KAFKA_TLS_CA: file("other.pem", other.pem) };
    await assert.rejects(brokers(unknown), refusal(/does not answer/, /KAFKA_TLS_CA/));
  });
  await t.test("brokers behind TLS are told apart from none", async () => {
    const open = { ...process.env, KAFKA_BROKERS: `localhost:${secured.port}` };
    await assert.rejects(brokers(open), refusal(/does not answer/, /KAFKA_TLS/));
  });
  await t.test("a certificate that is replaced while the process runs is used by the next connection", async () => {
    const soon = await authority.issue({ name: "client", until: 8000 });
    const config = readConfig(environment(soon));
    const first = await connect(config, { logLevel: "silent" });
    t.after(() => first.close());
    assert.equal(await first.admin.brokerCount(), 1);
    environment(await authority.issue({ name: "client" }));
    // The former one has expired now, so that who still used it would not be let in.
    await new Promise((resolve) => setTimeout(resolve, 8500));
    await broker.nodes[0]?.stop();
    await broker.nodes[0]?.start();
    assert.equal(await first.admin.brokerCount(), 1);
  });
});

test("brokers that take tokens: SASL/OAUTHBEARER from a local issuer", async (t) => {
  const requests: string[] = [];
  const issuer = createServer((request, response) => {
    requests.push(request.headers.authorization ?? "");
    const isKnown =
      request.headers.authorization === `Basic ${Buffer.from("pipeline:top%2Fsecret").toString("base64")}`;
    const now = Math.floor(Date.now() / 1000);
    const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString("base64url");
    // Unsecured, as the broker's built-in validator takes it.
    const token = `${part({ alg: "none" })}.${part({ sub: "newstape", iat: now, exp: now + 600 })}.`;
    const body = isKnown ? { access_token: token, token_type: "Bearer", expires_in: 600 } : { error: "invalid_client" };
    response.writeHead(isKnown ? 200 : 401, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  issuer.listen(0, "127.0.0.1");
  await once(issuer, "listening");
  t.after(() => issuer.close());
  const secured = { port: await anyFreePort(new Set()), protocol: "SASL_PLAINTEXT" as const };
  const broker = await startKafkaCluster({
    libraries: await kafkaLibraries(),
    nodes: 1,
    secured,
    settings: {
      "listener.name.secured.sasl.enabled.mechanisms": "OAUTHBEARER",
      "listener.name.secured.oauthbearer.sasl.jaas.config":
        'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";',
    },
  });
  t.after(() => broker.close());
  const environment = (secret: string): NodeJS.ProcessEnv => ({
    ...process.env,
    KAFKA_BROKERS: `localhost:${secured.port}`,
    KAFKA_SASL_MECHANISM: "OAUTHBEARER",
    KAFKA_OAUTH_TOKEN_URL: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/token`,
    KAFKA_OAUTH_CLIENT_ID: "pipeline",
    KAFKA_OAUTH_CLIENT_SECRET: secret,
  });
  const connection = await connect(readConfig(environment("top/secret")), { logLevel: "silent" });
  assert.equal(await connection.admin.brokerCount(), 1);
  await connection.close();
  await assert.rejects(connect(readConfig(environment("wrong")), { logLevel: "silent" }), (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, /token endpoint .* answered 401 \(invalid_client\)/);
    assert.doesNotMatch(`${error.message} ${error.remedy}`, /wrong|secret/i);
    return true;
  });
});

test("a registry behind TLS, with a client certificate", async (t) => {
  const file = files(t);
  const authority = await certificateAuthority("Authority of the registry");
  const server = await authority.issue({ name: "registry" });
  const url = new URL(process.env.SCHEMA_REGISTRY_URL ?? "");
  const target = { host: url.hostname, port: Number(url.port) };
  const front = await tlsFront(t, target, {
    ...server,
    ca: authority.pem,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const own = await authority.issue({ name: "client" });
  const address = `https://localhost:${front.port}${url.pathname}`;
  const certificates = {
    SCHEMA_REGISTRY_CA: file("ca.pem", authority.pem),
    SCHEMA_REGISTRY_CERT: file("own.pem", own.cert),
    SCHEMA_REGISTRY_KEY: file("own.key", own.key),
  };
  const subjects = (given: NodeJS.ProcessEnv) =>
    new SubjectClient(readConfig({ SCHEMA_REGISTRY_URL: address, ...given }));
  assert.equal(await subjects(certificates).compatibility("nothing-value"), undefined);
  await assert.rejects(subjects({}).compatibility("nothing-value"), refusal(/does not answer/, /SCHEMA_REGISTRY_CA/));
  await assert.rejects(
    subjects({ SCHEMA_REGISTRY_CA: certificates.SCHEMA_REGISTRY_CA }).compatibility("nothing-value"),
    refusal(/does not answer/, /SCHEMA_REGISTRY_/),
  );
});

test("a database as managed services hand it out: sslmode=require and an authority of their own", async (t) => {
  const file = files(t);
  const authority = await certificateAuthority("Authority of the service");
  const server = await authority.issue({ name: "db" });
  const { url: open } = await createTestDatabase();
  const url = new URL(open);
  const front = await tlsFront(
    t,
    { host: url.hostname, port: Number(url.port || 5432) },
    { ...server, asksFirst: true },
  );
  url.hostname = "localhost";
  url.port = String(front.port);
  const one = async (parameters: string): Promise<unknown> => {
    const database = new Database(`${url.href}?${parameters}`, { connections: 1 });
    try {
      return (await database.query<{ one: number }>("SELECT 1 AS one"))[0]?.one;
    } finally {
      await database.close();
    }
  };
  const warnings: string[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning.message);
  process.on("warning", onWarning);
  t.after(() => process.off("warning", onWarning));
  const ca = `sslrootcert=${encodeURIComponent(file("ca.pem", authority.pem))}`;
  assert.equal(await one(`sslmode=require&${ca}`), 1);
  await assert.rejects(one("sslmode=require"), refusal(/does not answer/, /sslrootcert=FILE/));
  await assert.rejects(
    async () => one("sslmode=require&sslrootcert=/none.pem"),
    refusal(/none\.pem cannot be read/, /DATABASE|postgresql:/),
  );
  assert.equal(await one("sslmode=no-verify"), 1);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(warnings, []);
});
