import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { wire } from "../../../../pipelines/runtime/kafka/kafkajs.js";
import { installFastPaths, knownVersion } from "../../../../pipelines/runtime/kafka/wire/install.js";

const require = createRequire(import.meta.url);

test("the installed KafkaJS is the known one, and its slow paths are replaced", () => {
  assert.deepEqual(wire, { installed: true });
});

test("another version, or one that is loaded already, stays as it is", () => {
  const again = installFastPaths(require);
  assert.equal(again.installed, false);
  assert.match(again.reason ?? "", /loaded before/);
  const other = Object.assign((path: string) => (path.endsWith("package.json") ? { version: "9.9.9" } : undefined), {
    cache: {},
    resolve: (path: string) => path,
  }) as unknown as NodeJS.Require;
  assert.deepEqual(installFastPaths(other), { installed: false, reason: `kafkajs 9.9.9, not ${knownVersion}` });
});
