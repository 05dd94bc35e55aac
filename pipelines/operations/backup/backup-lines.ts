import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { messageOf, UserError } from "../../runtime/errors.js";

export const newLine = Buffer.from("\n");

/** The file's lines, uncompressed, with the hash of everything handed over so far. */
export class BackupLines {
  readonly #lines: AsyncGenerator<Buffer, void>;
  readonly #hash = createHash("sha256");

  constructor(private readonly file: string) {
    this.#lines = linesOf(file);
  }

  /** @returns undefined at the end */
  async next(): Promise<Buffer | undefined> {
    try {
      const { value, done }: IteratorResult<Buffer, void> = await this.#lines.next();
      if (done) return undefined;
      this.#hash.update(value).update(newLine);
      return value;
    } catch (error) {
      throw this.damaged(messageOf(error));
    }
  }

  /**
   * Reads on to the end, where the compression's checksum covers every byte: a name that this build does
   * not know may be one that was damaged.
   */
  async readOn(): Promise<void> {
    while ((await this.next()) !== undefined);
  }

  digest(): string {
    return this.#hash.copy().digest("hex");
  }

  json(line: Buffer | string): unknown {
    try {
      return JSON.parse(line.toString());
    } catch {
      throw this.damaged("a line that should be JSON is not");
    }
  }

  damaged(what: string): UserError {
    return new UserError(
      `${this.file} is damaged, or no backup: ${what}`,
      "Nothing was restored. Take another copy, or an earlier backup.",
    );
  }
}

/** A vector has hundreds of numbers, a card some kilobytes: no line of ours comes near. */
const longestLine = 64 << 20;

async function* linesOf(file: string): AsyncGenerator<Buffer, void> {
  const source = createReadStream(file);
  const gunzip = createGunzip();
  source.once("error", (error) => gunzip.destroy(error));
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of source.pipe(gunzip) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      const part = chunk.subarray(start, end);
      yield rest.length > 0 ? Buffer.concat([...rest, part]) : part;
      rest = [];
      length = 0;
      start = end + 1;
    }
    const tail = chunk.subarray(start);
    length += tail.length;
    if (length > longestLine) throw new Error("a line has no end");
    if (tail.length > 0) rest.push(tail);
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}
