import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StackError, systemErrorCode } from "./errors.js";
import { startTimeOf } from "./processes.js";

export interface LockOptions {
  /** Called once, when another process holds the lock. */
  onWait: (holder: number) => void;
  /** How long to wait for a living holder; a download over a slow line takes minutes. */
  timeoutMs?: number;
}

/** Runs `action` while holding a lock file. One that a dead process left behind is taken over; for a living one we wait. */
export async function withLock<T>(file: string, options: LockOptions, action: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const mine = `${process.pid} ${(await startTimeOf(process.pid)) ?? ""}`;
  const deadline = Date.now() + (options.timeoutMs ?? 600_000);
  let hasWaited = false;
  while (!(await tryCreate(file, mine))) {
    const content = await readFile(file, "utf8").catch(() => undefined);
    if (content === undefined) continue;
    const holder = await livingHolder(content);
    if (holder === undefined) {
      await removeStale(file, content);
      continue;
    }
    if (!hasWaited) options.onWait(holder);
    hasWaited = true;
    if (Date.now() > deadline) {
      throw new StackError("LOCKED", `Process ${holder} has held ${file} for too long; end it and start again.`);
    }
    await sleep(100);
  }
  try {
    return await action();
  } finally {
    await rm(file, { force: true });
  }
}

/** link() fails when the name exists, and the file appears with its content in it: no reader ever sees an empty lock. */
async function tryCreate(file: string, content: string): Promise<boolean> {
  const scratch = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(scratch, content, { mode: 0o600 });
  try {
    await link(scratch, file);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(scratch, { force: true });
  }
}

/** The pid in the lock while that very process lives, and not another that was given the same pid. */
async function livingHolder(content: string): Promise<number | undefined> {
  const [pid, ...startTime] = content.split(" ");
  const living = await startTimeOf(Number(pid));
  return living !== undefined && living === startTime.join(" ") ? Number(pid) : undefined;
}

/** Two waiters may both find the lock stale; whoever moved a fresh one away by mistake puts it back. */
async function removeStale(file: string, content: string): Promise<void> {
  const moved = `${file}.${process.pid}.stale`;
  try {
    await rename(file, moved);
  } catch {
    return;
  }
  const found = await readFile(moved, "utf8").catch(() => content);
  if (found !== content) await link(moved, file).catch(() => undefined);
  await rm(moved, { force: true });
}

/** Two `up`, or an `up` and a `down`, of the same data directory come one after the other. */
export function withStackLock<T>(
  dataDirectory: string,
  onProgress: (line: string) => void,
  action: () => Promise<T>,
): Promise<T> {
  const onWait = (pid: number): void =>
    onProgress(`waiting for process ${pid}, which is starting or stopping the same stack`);
  return withLock(join(dataDirectory, "stack.lock"), { onWait }, action);
}
