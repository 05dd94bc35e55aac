import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, UserError } from "../runtime/errors.js";
import type { IngestSummary } from "./summary.js";

/** How far a file has been ingested: all lines up to `summary.lines` are acknowledged, refused or passed over. */
export interface Checkpoint {
  readonly summary: IngestSummary;
  /** True when the file has been handled to its end. */
  readonly done: boolean;
  /** Clock at the start of the run that wrote it, ms since 1970. */
  readonly startedAt: number;
  /** Size of the file of rejections that belongs to it. */
  readonly rejectsBytes: number;
}

const EDGE = 1024 * 1024;
const VERSION = 1;

/**
 * Identity of a file's content: its size, its first and its last mebibyte. The name and the times do not take part: a
 * moved or copied file is the same one.
 *
 * @param judgement whatever else decides about the lines' outcomes, e.g. the symbol list
 */
export async function contentIdentity(file: string, judgement: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(judgement));
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    hash.update(String(size));
    for (const position of [0, Math.max(0, size - EDGE)]) {
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(Math.min(EDGE, size)),
        0,
        Math.min(EDGE, size),
        position,
      );
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
  return hash.digest("hex").slice(0, 32);
}

/** A checkpoint on disk, replaced as a whole: a kill at any moment leaves the old one or the new one. */
export class CheckpointFile {
  readonly path: string;

  constructor(
    private readonly directory: string,
    name: string,
  ) {
    this.path = join(directory, `${name}.json`);
  }

  /** @returns undefined where there is none yet */
  async load(): Promise<Checkpoint | undefined> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    try {
      const { version, ...checkpoint } = JSON.parse(text) as Checkpoint & { version: number };
      if (version === VERSION) return checkpoint;
      throw new Error(`its version is ${version}`);
    } catch (error) {
      throw new UserError(
        `The checkpoint ${this.path} cannot be read: ${messageOf(error)}`,
        "Ingest with --again to begin at the beginning, or delete the checkpoint.",
      );
    }
  }

  async save(checkpoint: Checkpoint): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    const next = `${this.path}.${process.pid}.new`;
    await writeFile(next, JSON.stringify({ version: VERSION, ...checkpoint }));
    await rename(next, this.path);
  }
}
