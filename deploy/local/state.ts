import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

export const componentNames = ["kafka", "registry", "postgres"] as const;
export type ComponentName = (typeof componentNames)[number];

/** What must be the same the next time a component starts. */
export interface ComponentState {
  port: number;
  /** Kafka's controller listener. */
  controllerPort?: number;
  /** Where PostgreSQL keeps its data when its user cannot reach the data directory. */
  directory?: string;
}

/** The state file: how this data directory's stack was started last. */
export interface StackState {
  cacheDirectory: string;
  java: string;
  components: Partial<Record<ComponentName, ComponentState>>;
}

const stateFile = (dataDirectory: string): string => join(dataDirectory, "stack.json");

/** The recorded state, or undefined when this data directory never held a stack (or the file is damaged: ports are then chosen anew). */
export async function readState(dataDirectory: string): Promise<StackState | undefined> {
  try {
    return JSON.parse(await readFile(stateFile(dataDirectory), "utf8")) as StackState;
  } catch {
    return undefined;
  }
}

/** Replaces the state file in one step, readable by its owner only. */
export async function writeState(dataDirectory: string, state: StackState): Promise<void> {
  await writeFileAtomically(stateFile(dataDirectory), JSON.stringify(state, undefined, 2) + "\n");
}

/** Writes a private file so that a reader sees the old content or the new one, never a part. */
export async function writeFileAtomically(file: string, content: string): Promise<void> {
  const scratch = `${file}.${process.pid}.tmp`;
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(scratch, content, { mode: 0o600 });
  await rename(scratch, file);
}
