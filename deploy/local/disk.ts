import { statfs } from "node:fs/promises";
import { StackError } from "./errors.js";

/** Downloads take 0.4 GiB (Maven's own copy included), an empty stack 0.1 GiB, and the first replay needs room to write. */
const neededBytes = 1.5 * 1024 ** 3;

const gibibytes = (bytes: number): string => (bytes / 1024 ** 3).toFixed(1);

/** The bytes that an ordinary user may still write on the disk of this directory. */
async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** With less than this left, whatever failed probably failed for want of it; full disks show in a hundred ways. */
const fullBelowBytes = 64 * 1024 ** 2;

/** Runs an action; if it fails and the disk is full by then, that is the error instead. */
export async function explainFullDisk<T>(directory: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if ((await freeBytes(directory)) >= fullBelowBytes) throw error;
    const message = `The disk of ${directory} is full. Free some space and start again; nothing is lost.`;
    throw new StackError("DISK_FULL", message, { cause: error });
  }
}

/** Fails when the disk under this directory is too full to start anything on. */
export async function checkDiskSpace(directory: string, needed = neededBytes): Promise<void> {
  const free = await freeBytes(directory);
  if (free >= needed) return;
  throw new StackError(
    "DISK_FULL",
    `Only ${gibibytes(free)} GiB are free on the disk of ${directory}; the local stack needs ${gibibytes(needed)} GiB. Free some space or choose another data directory.`,
  );
}
