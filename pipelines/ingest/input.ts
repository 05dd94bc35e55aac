import { open, type FileHandle } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { messageOf, UserError } from "../runtime/errors.js";
import { limits } from "./limits.js";
import type { FileFormat } from "./records.js";

/** An opened input, unpacked where it was packed. */
export interface Input {
  readonly name: string;
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes of the file as stored, packed or not; undefined for a stream. */
  readonly totalBytes: number | undefined;
  /** Of those, the ones read so far. */
  bytesRead(): number;
  close(): Promise<void>;
}

const chunkBytes = 256 * 1024;

/**
 * @param input a file, or `-` for `stdin`
 * @throws UserError when it cannot be opened
 */
export async function openInput(input: string, stdin: Readable = process.stdin): Promise<Input> {
  let handle: FileHandle | undefined;
  let totalBytes: number | undefined;
  if (input !== "-") {
    try {
      handle = await open(input, "r");
      const stat = await handle.stat();
      if (stat.isDirectory()) throw new Error("it is a directory");
      if (stat.isFile()) totalBytes = stat.size;
    } catch (error) {
      await handle?.close();
      throw new UserError(
        `${input} cannot be read: ${messageOf(error)}`,
        "Give the name of a file, or - for standard input.",
      );
    }
  }
  const source: Readable = handle?.createReadStream({ highWaterMark: chunkBytes, autoClose: false }) ?? stdin;
  const name = input === "-" ? "standard input" : input;
  let read = 0;
  const counted = counting(source, (bytes) => (read += bytes));
  return {
    name,
    totalBytes,
    bytesRead: () => read,
    chunks: unpacked(counted, name),
    async close() {
      source.destroy();
      await handle?.close();
    },
  };
}

async function* counting(source: Readable, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Buffer);
    count(bytes.length);
    yield bytes;
  }
}

/** Unpacks gzip, recognised by its first two bytes; standard input has no name to go by. */
async function* unpacked(source: AsyncGenerator<Buffer>, name: string): AsyncGenerator<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await source.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  refuseForeign(head, name);
  if (!(head[0] === 0x1f && head[1] === 0x8b)) {
    if (head.length > 0) yield head;
    yield* source;
    return;
  }
  yield* gunzipped(startingWith(head, source), name);
}

async function* startingWith(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* rest;
}

async function* gunzipped(packed: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  let taken = 0;
  let given = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of packed) {
      taken += chunk.length;
      yield chunk;
    }
  }
  // pipeline() hands an error of either side on to the reader below; it is thrown there.
  const gunzip = pipeline(
    Readable.from(counted(), { objectMode: false }),
    createGunzip({ chunkSize: chunkBytes }),
    () => undefined,
  );
  try {
    for await (const chunk of gunzip) {
      const bytes = chunk as Buffer;
      given += bytes.length;
      if (given > limits.expansionFreeBytes && given > taken * limits.expansion) {
        throw new UserError(
          `${name} holds more than ${limits.expansion} times its size, which no news or prices do`,
          "Unpack it yourself and look inside.",
        );
      }
      yield bytes;
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const what = code === "Z_BUF_ERROR" ? "is cut off" : "is damaged";
    throw new UserError(
      `The gzip file ${name} ${what} after ${given} bytes of content: ${messageOf(error)}`,
      "Get it again.",
      {
        cause: error,
      },
    );
  }
}

/** Files of another nature as a whole: better one clear message than a refusal for each of their lines. */
export function refuseForeign(head: Buffer, name: string): void {
  const starts = (...bytes: number[]): boolean => bytes.every((byte, index) => head[index] === byte);
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) {
    throw new UserError(`${name} is UTF-16, not UTF-8`, "Convert it: iconv -f UTF-16 -t UTF-8.");
  }
  // Without a byte order mark: every other byte of a beginning in ASCII is 0.
  const isZero = [0, 1, 2, 3].map((index) => head[index] === 0);
  if (head.length >= 4 && isZero[0] === isZero[2] && isZero[1] === isZero[3] && isZero[0] !== isZero[1]) {
    const order = isZero[0] ? "BE" : "LE";
    throw new UserError(`${name} is UTF-16, not UTF-8`, `Convert it: iconv -f UTF-16${order} -t UTF-8.`);
  }
  const packer = starts(0x28, 0xb5, 0x2f, 0xfd)
    ? "zstd"
    : starts(0x50, 0x4b, 0x03, 0x04)
      ? "zip"
      : starts(0x42, 0x5a, 0x68)
        ? "bzip2"
        : starts(0xfd, 0x37, 0x7a, 0x58)
          ? "xz"
          : undefined;
  if (packer !== undefined) throw new UserError(`${name} is packed with ${packer}`, "Unpack it, or pack it with gzip.");
}

/** The format by the file's name; undefined when the name shows none. */
export function formatByName(input: string): FileFormat | undefined {
  const match = /\.(jsonl|ndjson|json|csv)(?:\.gz)?$/i.exec(input);
  if (match === null) return undefined;
  return match[1]?.toLowerCase() === "csv" ? "csv" : "jsonl";
}

/** The format by the first line that is not blank: a JSON object or a CSV header. */
export function formatByContent(firstLine: Buffer): FileFormat {
  return /^\s*[{[]/.test(firstLine.toString("latin1")) ? "jsonl" : "csv";
}
