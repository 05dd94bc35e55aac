import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { StackError } from "./errors.js";

const run = promisify(execFile);

/** The system user that a server process runs as. */
export interface SystemUser {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root: root lends it the system user `postgres`, made if need be. Undefined: run as ourselves. */
export async function postgresUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await lookUp("postgres");
  if (existing) return existing;
  await run("useradd", [
    "--system",
    "--user-group",
    "--no-create-home",
    "--shell",
    "/usr/sbin/nologin",
    "postgres",
  ]).catch((error: unknown) => {
    throw new StackError(
      "POSTGRES_USER_MISSING",
      "PostgreSQL does not run as root, and a system user 'postgres' could not be made. Run as an ordinary user, make that user, or point to your own database.",
      { cause: error },
    );
  });
  const made = await lookUp("postgres");
  if (!made) throw new StackError("POSTGRES_USER_MISSING", "The system user 'postgres' was made but is not found.");
  return made;
}

async function lookUp(name: string): Promise<SystemUser | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, name])).stdout.trim())),
    );
    return uid === undefined || gid === undefined ? undefined : { uid, gid };
  } catch {
    return undefined;
  }
}

/** Whether this user may pass through every directory down to this one (as after `git clone` below a home with mode 0700 it may not). */
export async function canTraverse(user: SystemUser, directory: string): Promise<boolean> {
  for (let current = directory; ; current = dirname(current)) {
    const { mode, uid, gid } = await stat(current);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (dirname(current) === current) return true;
  }
}
