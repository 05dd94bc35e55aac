import { createHash, randomBytes } from "node:crypto";
import { execFile } from "node:child_process";
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { hasArgument, type Component, type ComponentPlace } from "./component.js";
import { StackError, messageOf } from "./errors.js";
import { postgresBinaries, type PostgresBinaries } from "./postgres-binaries.js";
import { canTraverse, postgresUser, type SystemUser } from "./postgres-user.js";
import { listProcesses } from "./processes.js";
import { writeFileAtomically } from "./state.js";
import { exists } from "./paths.js";

const run = promisify(execFile);
const name = "newstape";

/** PostgreSQL, as npm brings it; data, binaries and user are arranged so that it also runs for root. */
export const postgres: Component = {
  name: "postgres",
  title: "PostgreSQL",
  defaultPort: 5432,
  needsJava: false,
  usesArchive: false,
  // "Fast" shutdown: clients are disconnected, what is committed is kept.
  stopSignal: "SIGINT",

  async plan({ dataDirectory, state }) {
    if (state.directory !== undefined) return state;
    const user = await postgresUser();
    if (!user || (await canTraverse(user, dataDirectory))) return state;
    const hash = createHash("sha256").update(dataDirectory).digest("hex").slice(0, 12);
    return { ...state, directory: `/var/lib/newstape-${hash}` };
  },

  async prepare(context) {
    const user = await postgresUser();
    await mkdir(home(context), { recursive: true });
    if (user) await chmod(home(context), 0o755);
    const binaries = await postgresBinaries(user, home(context));
    await initialiseOnce(context, binaries, user);
    await removeStalePidFile(context);
    return {
      command: binaries.postgres,
      parameters: ["-D", data(context), "-p", String(context.state.port), ...settings],
      ...user,
    };
  },

  roleOf(process, place) {
    if (hasArgument(process, `-D ${data(place)}`)) return "server";
    // A backend shows no directory in its title, but works in it.
    return process.workingDirectory === data(place) && process.command.startsWith("postgres") ? "child" : undefined;
  },

  probe: async (place) => (await query(place, "postgres", "select 1").catch(() => [])).length === 1,

  async finish(place) {
    const found = await query(place, "postgres", `select 1 from pg_database where datname = '${name}'`);
    if (found.length === 0) await query(place, "postgres", `create database ${name}`);
  },

  address: async (place) => `postgresql://${name}:${await password(place)}@127.0.0.1:${place.state.port}/${name}`,
};

// No Unix socket: it would need a directory that both users may write to.
const settings = Object.entries({
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  timezone: "UTC",
  log_timezone: "UTC",
  shared_buffers: "64MB",
}).flatMap(([key, value]) => ["-c", `${key}=${value}`]);

const home = ({ dataDirectory, state }: ComponentPlace): string => state.directory ?? join(dataDirectory, "postgres");
const data = (place: ComponentPlace): string => join(home(place), "data");

/** Made at random for each data directory and kept beside it, readable by its owner only. */
async function password(place: ComponentPlace): Promise<string> {
  const file = join(home(place), "password");
  const kept = await readFile(file, "utf8").catch(() => "");
  if (kept.trim() !== "") return kept.trim();
  const made = randomBytes(24).toString("base64url");
  await writeFileAtomically(file, made + "\n");
  return made;
}

/** Runs initdb beside the data directory and renames, so that an interrupted one is done again from scratch. */
async function initialiseOnce(
  place: ComponentPlace,
  { initdb }: PostgresBinaries,
  user: SystemUser | undefined,
): Promise<void> {
  if (await exists(data(place))) return;
  const scratch = `${data(place)}.tmp`;
  const passwordFile = join(home(place), "password.tmp");
  await rm(scratch, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await mkdir(scratch, { mode: 0o700 });
  await writeFile(passwordFile, (await password(place)) + "\n", { mode: 0o600 });
  if (user) await Promise.all([scratch, passwordFile].map((path) => chown(path, user.uid, user.gid)));
  try {
    // The built-in locale gives the same sort order on every machine.
    const locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
    await run(
      initdb,
      [`--pgdata=${scratch}`, `--username=${name}`, `--pwfile=${passwordFile}`, "--auth=scram-sha-256", ...locale],
      { cwd: "/", ...user },
    );
  } catch (error) {
    const full = messageOf(error).includes("No space left on device");
    throw new StackError(
      full ? "DISK_FULL" : "START_FAILED",
      `PostgreSQL's data directory could not be made: ${messageOf(error)}`,
      { cause: error },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(scratch, data(place));
}

/** PostgreSQL refuses to start when the pid in its file is alive again as something else; only a server of this directory may keep it. */
async function removeStalePidFile(place: ComponentPlace): Promise<void> {
  const servers = (await listProcesses()).filter((process) => postgres.roleOf(process, place) === "server");
  if (servers.length === 0) await rm(join(data(place), "postmaster.pid"), { force: true });
}

async function query(place: ComponentPlace, database: string, text: string): Promise<unknown[]> {
  const client = new Client({
    host: "127.0.0.1",
    port: place.state.port,
    user: name,
    password: await password(place),
    database,
    connectionTimeoutMillis: 2_000,
    query_timeout: 10_000,
  });
  // Without a listener, a server that goes down between two steps would end this process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return (await client.query<object>(text)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
