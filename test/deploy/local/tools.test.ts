import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { checkDiskSpace } from "../../../deploy/local/disk.js";
import { startStack } from "../../../deploy/local/stack.js";
import { checkJava, checkMaven, javaMajor } from "../../../deploy/local/tools.js";
import { temporaryDirectory } from "../../helpers/temporary-directory.js";
import { cacheDirectory, elsewhere, temporaryStackDirectory } from "./helpers.js";

/** A program that prints something and ends. */
async function fakeTool(context: TestContext, output: string, code = 0): Promise<string> {
  const file = join(await temporaryDirectory(context), "tool");
  await writeFile(file, `#!/bin/sh\necho '${output}' >&2\nexit ${code}\n`);
  await chmod(file, 0o755);
  return file;
}

test("Java's version is read from both numbering schemes", () => {
  assert.equal(javaMajor('openjdk version "17.0.15" 2025-04-15'), 17);
  assert.equal(javaMajor('openjdk version "21" 2023-09-19'), 21);
  assert.equal(javaMajor('java version "1.8.0_402"'), 8);
  assert.equal(javaMajor("something else"), undefined);
});

test("a missing, broken or old Java and a missing Maven are distinct errors, with what to install", async (context) => {
  await assert.rejects(checkJava("/nowhere/java"), {
    code: "JAVA_MISSING",
    message: /'\/nowhere\/java' was not found.*openjdk-17/,
  });
  await assert.rejects(checkJava(await fakeTool(context, "no runtime", 1)), {
    code: "JAVA_MISSING",
    message: /failed/,
  });
  await assert.rejects(checkJava(await fakeTool(context, 'openjdk version "11.0.2"')), {
    code: "JAVA_TOO_OLD",
    message: /version 11/,
  });
  await assert.rejects(checkMaven("/nowhere/mvn"), {
    code: "MAVEN_MISSING",
    message: /was not found.*apt install maven/,
  });
  await checkJava(await fakeTool(context, 'openjdk version "25"'));
});

test("a stack without Java or Maven fails before it starts anything, unless it does not need them", async (context) => {
  const dataDirectory = await temporaryStackDirectory(context);
  const options = { dataDirectory, cacheDirectory, ports: "any" as const, external: elsewhere.postgres };
  await assert.rejects(startStack({ ...options, java: "/nowhere/java" }), { code: "JAVA_MISSING" });
  const emptyCache = { cacheDirectory: join(dataDirectory, "cache"), maven: "/nowhere/mvn" };
  await assert.rejects(startStack({ ...options, ...emptyCache }), { code: "MAVEN_MISSING" });
  const external = { ...elsewhere.kafka, ...elsewhere.registry, ...elsewhere.postgres };
  assert.deepEqual(await startStack({ ...options, external, java: "/nowhere/java" }), external);
});

test("a disk that is too full is an error with both figures", async () => {
  await assert.rejects(checkDiskSpace(tmpdir(), 2 ** 60), {
    code: "DISK_FULL",
    message: /Only [\d.]+ GiB are free.*needs 1073741824\.0 GiB/,
  });
  await checkDiskSpace(tmpdir(), 1);
});
