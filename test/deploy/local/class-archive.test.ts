import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFile, chmod, cp, mkdir, readdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { archiveOptions, makeArchive, type JavaProgram } from "../../../deploy/local/class-archive.js";
import { kafkaLibraries } from "../../helpers/kafka-libraries.js";
import { temporaryDirectory } from "../../helpers/temporary-directory.js";

const run = promisify(execFile);

/** Folder of two jars in a cache of its own, and a command that says which Java it is. */
async function program(t: TestContext, version = "17.0.1"): Promise<JavaProgram & { cache: string }> {
  const cache = await temporaryDirectory(t);
  const artifactDirectory = join(cache, "server-1");
  await mkdir(join(artifactDirectory, "lib"), { recursive: true });
  for (const name of ["server.jar", "lib/part.jar"]) await writeFile(join(artifactDirectory, name), name);
  return { cache, artifactDirectory, java: await javaOf(cache, version) };
}

async function javaOf(cache: string, version: string): Promise<string> {
  const file = join(cache, `java-${version}`);
  await writeFile(file, `#!/bin/sh\necho 'openjdk version "${version}"' >&2\n`);
  await chmod(file, 0o755);
  return file;
}

/** What comes after this in the option of that name. */
const pathIn = (options: readonly string[], name: string): string | undefined =>
  options.find((option) => option.startsWith(`-XX:${name}=`))?.slice(`-XX:${name}=`.length);

/** As Java does when it exits. */
async function write(options: readonly string[]): Promise<void> {
  await writeFile(pathIn(options, "ArchiveClassesAtExit") ?? "", "classes");
}

const archived = async (given: JavaProgram): Promise<string | undefined> =>
  pathIn(await archiveOptions(given), "SharedArchiveFile");

const archivesIn = async (cache: string): Promise<string[]> =>
  (await readdir(cache)).filter((name) => name.includes(".classes-"));

test("an archive is made once, beside the jars, and used from then on", async (t) => {
  const server = await program(t);
  assert.deepEqual(await archiveOptions(server), []);
  assert.equal(await makeArchive(server, write), true);
  const file = await archived(server);
  assert.ok(file?.startsWith(join(server.cache, "server-1.classes-")), file);
  assert.equal(await makeArchive(server, () => assert.fail("it is there")), false);
  assert.equal((await archivesIn(server.cache)).length, 1);
});

test("one that is cut off or altered is not used, and made anew", async (t) => {
  const server = await program(t);
  for (const damage of [(file: string) => truncate(file, 3), (file: string) => appendFile(file, "x")]) {
    await makeArchive(server, write);
    await damage((await archived(server)) ?? "");
    assert.deepEqual(await archiveOptions(server), []);
    assert.equal(await makeArchive(server, write), true);
    assert.ok(await archived(server));
  }
});

test("other jars, another Java and another path have archives of their own, and former ones go", async (t) => {
  const server = await program(t);
  await makeArchive(server, write);
  const other = { ...server, java: await javaOf(server.cache, "21.0.1") };
  const moved = { ...server, artifactDirectory: join(server.cache, "moved", "server-1") };
  await mkdir(join(server.cache, "moved"));
  await cp(server.artifactDirectory, moved.artifactDirectory, { recursive: true, preserveTimestamps: true });
  for (const name of await archivesIn(server.cache))
    await cp(join(server.cache, name), join(server.cache, "moved", name), { recursive: true });
  assert.equal(await archived(moved), undefined);
  assert.equal(await archived(other), undefined);
  assert.ok(await archived(server));

  await makeArchive(other, write);
  assert.ok(await archived(other));
  assert.equal(await archived(server), undefined, "what nobody may use any more does not stay");
  await appendFile(join(server.artifactDirectory, "lib", "part.jar"), "newer");
  assert.equal(await archived(other), undefined);
});

test("nothing is left of an archive that Java did not write, or of a program that failed", async (t) => {
  const server = await program(t);
  assert.equal(await makeArchive(server, async () => undefined), false);
  await assert.rejects(
    makeArchive(server, async (options) => {
      await write(options);
      throw new Error("it did not start");
    }),
    /it did not start/,
  );
  assert.deepEqual(await archivesIn(server.cache), []);
  assert.deepEqual(await archiveOptions({ ...server, java: join(server.cache, "none") }), []);
});

test("Java reads Kafka's classes from the archive, and without a word goes without one that does not fit", async (t) => {
  const libraries = await kafkaLibraries();
  const cache = await temporaryDirectory(t);
  const copyOf = async (name: string): Promise<JavaProgram> => {
    const artifactDirectory = join(cache, name);
    await cp(libraries, artifactDirectory, { recursive: true });
    return { java: "java", artifactDirectory };
  };
  const kafka = await copyOf("kafka");
  const start = (options: readonly string[], { artifactDirectory } = kafka) =>
    run("java", [...options, "-cp", join(artifactDirectory, "*"), "kafka.tools.StorageTool", "random-uuid"]);
  await makeArchive(kafka, (options) => start(options).then(() => undefined));
  const options = await archiveOptions(kafka);
  const { stdout } = await start([...options, "-Xlog:class+load"]);
  assert.match(stdout, /kafka\.tools\.StorageTool source: shared objects file \(top\)/);

  const other = await copyOf("other");
  const output = await start([...options, "-Xlog:class+load"], other);
  assert.match(output.stdout, /kafka\.tools\.StorageTool source: file:/);
  const quiet = await start([...options, "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"], other);
  assert.match(quiet.stdout, /^\S+\n$/);
  assert.equal(quiet.stderr, "");
});
