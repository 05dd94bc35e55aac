import { closeSync, openSync, writeSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { messageOf, UserError } from "../runtime/errors.js";
import type { Rejection } from "./outcome.js";

/** All rejections of an input, one JSON object a line. */
export class RejectsFile {
  private constructor(
    private readonly handle: FileHandle,
    private position: number,
  ) {}

  /**
   * @param continueAt bytes to keep: what a killed run wrote after its last checkpoint is written again
   * @throws UserError when it cannot be written
   */
  static async open(path: string, continueAt: number): Promise<RejectsFile> {
    try {
      const handle = await open(path, continueAt > 0 ? "a" : "w");
      // A file that was taken away in between is begun anew: truncating would fill it up with zero bytes.
      const kept = Math.min(continueAt, (await handle.stat()).size);
      await handle.truncate(kept);
      return new RejectsFile(handle, kept);
    } catch (error) {
      throw new UserError(`The rejects file cannot be written: ${messageOf(error)}`, "Name another file.");
    }
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.position;
  }

  async append(rejections: readonly Rejection[]): Promise<void> {
    if (rejections.length === 0) return;
    const text = rejections.map((rejection) => `${JSON.stringify(rejection)}\n`).join("");
    await this.handle.appendFile(text);
    this.position += Buffer.byteLength(text);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** All rejections of a command that reads whole files, one JSON object a line, each with its file. */
export class RejectsLog {
  readonly #file: number;
  #pending: string[] = [];

  /** @throws UserError when it cannot be written */
  constructor(path: string) {
    try {
      this.#file = openSync(path, "w");
    } catch (error) {
      throw new UserError(`The rejects file cannot be written: ${messageOf(error)}`, "Name another file.");
    }
  }

  note(file: string, rejection: Rejection): void {
    this.#pending.push(`${JSON.stringify({ file, ...rejection })}\n`);
    if (this.#pending.length >= 1000) this.#write();
  }

  close(): void {
    this.#write();
    closeSync(this.#file);
  }

  #write(): void {
    writeSync(this.#file, this.#pending.join(""));
    this.#pending = [];
  }
}

/** Gives an action where its rejections go, and closes that afterwards; nowhere without a path. */
export async function withRejectsLog<Result>(
  path: string | undefined,
  action: (note: ((file: string, rejection: Rejection) => void) | undefined) => Promise<Result>,
): Promise<Result> {
  if (path === undefined) return action(undefined);
  const log = new RejectsLog(path);
  try {
    return await action((file, rejection) => log.note(file, rejection));
  } finally {
    log.close();
  }
}
