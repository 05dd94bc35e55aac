import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { UserError } from "../runtime/errors.js";
import { StateFile, StateFileError } from "./state-file.js";
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

const edgeBytes = 1024 * 1024;
const formatVersion = 1;

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
    for (const position of [0, Math.max(0, size - edgeBytes)]) {
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(Math.min(edgeBytes, size)),
        0,
        Math.min(edgeBytes, size),
        position,
      );
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
  return hash.digest("hex").slice(0, 32);
}

/** A checkpoint on disk. */
export class CheckpointFile {
  readonly #file: StateFile<Checkpoint>;

  constructor(directory: string, name: string) {
    this.#file = new StateFile(directory, name, formatVersion);
  }

  /**
   * @returns undefined where there is none yet
   * @throws UserError when it cannot be read
   */
  async load(): Promise<Checkpoint | undefined> {
    try {
      return await this.#file.load();
    } catch (error) {
      if (!(error instanceof StateFileError)) throw error;
      throw new UserError(
        `The checkpoint ${error.message}`,
        "Ingest with --again to begin at the beginning, or delete the checkpoint.",
      );
    }
  }

  save(checkpoint: Checkpoint): Promise<void> {
    return this.#file.save(checkpoint);
  }
}
