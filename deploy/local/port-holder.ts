import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";
import { commandOf, type RunningProcess } from "./processes.js";

const run = promisify(execFile);

/** The process that listens on a local TCP port; undefined when nothing does or the system does not let us see it. */
export async function portHolder(port: number): Promise<RunningProcess | undefined> {
  const pid = (await holderFromProcfs(port)) ?? (await holderFromLsof(port));
  if (pid === undefined) return undefined;
  const command = await commandOf(pid);
  return command === undefined ? undefined : { pid, command };
}

/** Linux: the socket's inode from the table of listening sockets, then the process with that socket open. */
async function holderFromProcfs(port: number): Promise<number | undefined> {
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  const sockets = new Set<string>();
  for (const line of tables.join("\n").split("\n")) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    // 0A is TCP_LISTEN.
    if (local?.endsWith(`:${hexPort}`) && state === "0A" && inode) sockets.add(`socket:[${inode}]`);
  }
  if (sockets.size === 0) return undefined;
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const holds = await Promise.all(pids.map((pid) => holdsOneOf(pid, sockets)));
  const index = holds.indexOf(true);
  return index < 0 ? undefined : Number(pids[index]);
}

async function holdsOneOf(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
    if (sockets.has(target)) return true;
  }
  return false;
}

async function holderFromLsof(port: number): Promise<number | undefined> {
  if (process.platform === "linux") return undefined;
  const result = await run("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-t"]).catch(() => undefined);
  const pid = Number(result?.stdout.trim().split("\n")[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}
