import assert from "node:assert/strict";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { readConfig } from "../../../pipelines/config.js";
import { UserError } from "../../../pipelines/runtime/errors.js";
import { ReloadedTls } from "../../../pipelines/runtime/tls.js";
import { certificateAuthority, type Authority, type Certified } from "../../helpers/certificates.js";

const directory = mkdtempSync(join(tmpdir(), "newstape-tls-"));
process.once("exit", () => rmSync(directory, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

let authority: Authority;
let own: Certified;
before(async () => {
  authority = await certificateAuthority("Test");
  own = await authority.issue({ name: "client" });
});

/** Under this environment the configuration is refused, with a message and a remedy, and without the secret. */
function refused(environment: NodeJS.ProcessEnv, message: RegExp, remedy: RegExp): void {
  assert.throws(
    () => readConfig({ KAFKA_BROKERS: "b:1", ...environment }),
    (error: unknown) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, message);
      assert.match(error.remedy ?? "", remedy);
      assert.doesNotMatch(`${error.message} ${error.remedy}`, /secret|\bMI[A-Za-z0-9+]{20}/);
      return true;
    },
  );
}

test("files that are named turn TLS on; what contradicts them is refused", async () => {
  const ca = file("ca.pem", authority.pem);
  const [cert, key] = [file("own.pem", own.cert), file("own.key", own.key)];
  assert.notEqual(readConfig({ KAFKA_TLS_CA: ca }).kafka.ssl, false);
  assert.notEqual(readConfig({ KAFKA_TLS_CERT: cert, KAFKA_TLS_KEY: key }).kafka.ssl, false);
  assert.equal(readConfig({}).kafka.ssl, false);
  refused({ KAFKA_TLS: "false", KAFKA_TLS_CA: ca }, /KAFKA_TLS is false/, /true, or take/);
  refused({ KAFKA_TLS_CERT: cert }, /KAFKA_TLS_CERT is set without KAFKA_TLS_KEY/, /private key/);
  refused({ KAFKA_TLS_KEY: key }, /KAFKA_TLS_KEY is set without KAFKA_TLS_CERT/, /private key/);
  refused({ KAFKA_TLS_KEY_PASSPHRASE: "secret" }, /PASSPHRASE is set without KAFKA_TLS_KEY/, /KAFKA_TLS_KEY/);
});

test("a file that is missing, garbage, swapped, expired or of another pair is named with what is wrong", async () => {
  const [cert, key] = [file("own.pem", own.cert), file("own.key", own.key)];
  const dayMs = 86_400_000;
  const old = await authority.issue({ name: "old", from: -3 * dayMs, until: -2 * dayMs });
  const future = await authority.issue({ name: "new", from: dayMs, until: 2 * dayMs });
  const locked = await authority.issue({ name: "locked", passphrase: "secret" });
  refused({ KAFKA_TLS_CA: join(directory, "none.pem") }, /KAFKA_TLS_CA: the file cannot be read: ENOENT/, /PEM file/);
  refused({ KAFKA_TLS_CA: directory }, /KAFKA_TLS_CA: the file cannot be read: EISDIR/, /PEM file/);
  refused(
    { KAFKA_TLS_CA: file("garbage.pem", "garbage") },
    /KAFKA_TLS_CA: .*garbage\.pem holds no certificate/,
    /BEGIN CERTIFICATE/,
  );
  const cut = own.cert.replace(/^(.{80}).{40}/s, "$1");
  refused({ KAFKA_TLS_CA: file("cut.pem", cut) }, /cut\.pem holds no certificate in PEM form: /, /BEGIN CERTIFICATE/);
  refused({ KAFKA_TLS_CERT: key, KAFKA_TLS_KEY: cert }, /KAFKA_TLS_CERT: .*no certificate/, /swapped/);
  refused({ KAFKA_TLS_CERT: cert, KAFKA_TLS_KEY: cert }, /KAFKA_TLS_KEY: .*holds no private key/, /BEGIN PRIVATE KEY/);
  refused(
    { KAFKA_TLS_CERT: file("old.pem", old.cert), KAFKA_TLS_KEY: file("old.key", old.key) },
    /old\.pem expired on \d{4}-\d\d-\d\d/,
    /renewed certificate/,
  );
  refused(
    { KAFKA_TLS_CERT: file("f.pem", future.cert), KAFKA_TLS_KEY: file("f.key", future.key) },
    /is valid from \d{4}-\d\d-\d\d on only/,
    /certificate/,
  );
  refused(
    { KAFKA_TLS_CERT: cert, KAFKA_TLS_KEY: file("old.key", old.key) },
    /does not belong to the certificate/,
    /together/,
  );
  const pair = { KAFKA_TLS_CERT: file("l.pem", locked.cert), KAFKA_TLS_KEY: file("l.key", locked.key) };
  refused(pair, /l\.key cannot be decrypted/, /KAFKA_TLS_KEY_PASSPHRASE/);
  refused({ ...pair, KAFKA_TLS_KEY_PASSPHRASE: "another-secret" }, /l\.key cannot be decrypted/, /PASSPHRASE/);
  assert.ok(readConfig({ ...pair, KAFKA_TLS_KEY_PASSPHRASE: "secret" }).kafka.ssl);
});

test("files are read again when they change; what is unusable leaves those of before", async () => {
  const [cert, key] = [file("r.pem", own.cert), file("r.key", own.key)];
  const problems: string[] = [];
  const tls = new ReloadedTls({ cert, key, variables: "KAFKA_TLS_" }, (problem) => problems.push(problem));
  assert.equal(tls.current().cert, own.cert);
  const next = await authority.issue({ name: "client" });
  // In the order in which tools write them: between the two they do not belong together.
  writeFileSync(cert, next.cert);
  utimesSync(cert, 1, 1);
  assert.equal(tls.current().cert, own.cert);
  assert.match(problems.join(), /does not belong .*stay in use/);
  writeFileSync(key, next.key);
  utimesSync(key, 2, 2);
  assert.deepEqual(tls.current(), { cert: next.cert, key: next.key });
  rmSync(key);
  assert.equal(tls.current().key, next.key);
  assert.equal(problems.length, 2);
});

test("SASL: capitals are taken; a user without a mechanism, or a mechanism without one, is refused", () => {
  const user = { KAFKA_SASL_USERNAME: "u", KAFKA_SASL_PASSWORD: "secret" };
  assert.equal(readConfig({ ...user, KAFKA_SASL_MECHANISM: "SCRAM-SHA-512" }).kafka.sasl?.mechanism, "scram-sha-512");
  refused(user, /KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD are set, and KAFKA_SASL_MECHANISM is not/, /plain/);
  refused({ KAFKA_SASL_MECHANISM: "plain" }, /without KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD/, /Set/);
  refused({ ...user, KAFKA_SASL_MECHANISM: "kerberos" }, /KAFKA_SASL_MECHANISM/, /environment/);
  refused(
    { ...user, KAFKA_SASL_MECHANISM: "oauthbearer" },
    /is oauthbearer: nothing would read/,
    /KAFKA_SASL_MECHANISM/,
  );
  refused({ KAFKA_SASL_MECHANISM: "oauthbearer" }, /without KAFKA_OAUTH_TOKEN_URL/, /Set/);
});

test("a registry's user may stand in its address, once; certificates need https", () => {
  const registry = (environment: NodeJS.ProcessEnv) => readConfig(environment).schemaRegistry;
  assert.deepEqual(registry({ SCHEMA_REGISTRY_URL: "https://u:p%40ss@r:1/path/" }), {
    url: "https://r:1/path",
    username: "u",
    password: "p@ss",
  });
  refused(
    { SCHEMA_REGISTRY_URL: "https://u:secret@r", SCHEMA_REGISTRY_USERNAME: "v" },
    /names a user, and SCHEMA_REGISTRY_USERNAME another/,
    /Leave one/,
  );
  refused({ SCHEMA_REGISTRY_URL: "https://u:secret%@r" }, /not percent-encoded/, /SCHEMA_REGISTRY_PASSWORD/);
  refused({ SCHEMA_REGISTRY_USERNAME: "u" }, /user has no password/, /SCHEMA_REGISTRY_PASSWORD/);
  const ca = file("ca2.pem", authority.pem);
  refused({ SCHEMA_REGISTRY_URL: "http://r", SCHEMA_REGISTRY_CA: ca }, /begins with http/, /https/);
  assert.deepEqual(registry({ SCHEMA_REGISTRY_URL: "https://r", SCHEMA_REGISTRY_CA: ca }).tls?.ca, ca);
});
