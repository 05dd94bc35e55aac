import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, readlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A running process as the system lists it. */
export interface RunningProcess {
  pid: number;
  /** The command line, arguments joined by spaces. Empty for a zombie, which counts as gone. */
  command: string;
  /** The working directory, where the system lets us see it (Linux, own processes or root). */
  workingDirectory?: string;
}

const hasProcfs = existsSync("/proc/self/cmdline");

/** Every process of this machine with a command line. Reads /proc where there is one, runs `ps` elsewhere. */
export async function listProcesses(): Promise<RunningProcess[]> {
  if (!hasProcfs) return listWithPs();
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const processes = await Promise.all(pids.map(readFromProcfs));
  return processes.filter((process) => process !== undefined);
}

/** The command line of one process, or undefined when there is no such process. */
export async function commandOf(pid: number): Promise<string | undefined> {
  if (hasProcfs) return (await readFromProcfs(pid))?.command;
  return (await listWithPs()).find((process) => process.pid === pid)?.command;
}

/** What distinguishes a process from a later one with the same pid: its start time. Undefined when there is no such process. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (!hasProcfs) {
    const result = await run("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => undefined);
    return result?.stdout.trim() || undefined;
  }
  const content = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The second field is the name in parentheses and may contain anything; state is the third field, the start time the 22nd.
  const fields = content.slice(content.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? undefined : fields[19];
}

/**
 * Whether a process has let go of everything: ports, file locks. A dying one has no command line any more while its sockets are still
 * open, and a zombie whose other threads are still ending keeps them too.
 */
export async function isGone(pid: number): Promise<boolean> {
  if ((await startTimeOf(pid)) !== undefined) return false;
  const threads = hasProcfs ? await readdir(`/proc/${pid}/task`).catch(() => []) : [];
  return threads.length <= 1;
}

async function readFromProcfs(pid: number): Promise<RunningProcess | undefined> {
  // A process may end between two reads; then it is simply not listed.
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  if (command === "") return undefined;
  const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  const line = command.replaceAll("\0", " ").trim();
  return { pid, command: line, ...(workingDirectory === undefined ? {} : { workingDirectory }) };
}

async function listWithPs(): Promise<RunningProcess[]> {
  const { stdout } = await run("ps", ["-axww", "-o", "pid=,stat=,command="], { maxBuffer: 64 << 20 });
  return stdout.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (!match?.[1] || !match[2] || match[3] === undefined || match[2].startsWith("Z")) return [];
    return [{ pid: Number(match[1]), command: match[3].trim() }];
  });
}

/** Sends a signal; false when the process is gone already. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Waits until a check holds, asking every `everyMs`; false when the time is up first. */
export async function waitUntil(check: () => Promise<boolean>, timeoutMs: number, everyMs = 50): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await check()) return true;
    if (Date.now() >= deadline) return false;
    await sleep(everyMs);
  }
}

/** Proportional memory of some processes in bytes (pages that several share are counted once), or undefined where there is no /proc. */
export async function memoryOf(pids: readonly number[]): Promise<number | undefined> {
  if (!hasProcfs || pids.length === 0) return undefined;
  const kibibytes = await Promise.all(
    pids.map(async (pid) => {
      const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
      return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
    }),
  );
  return kibibytes.reduce((sum, value) => sum + value, 0) * 1024;
}
