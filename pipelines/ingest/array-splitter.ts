import { limits } from "./limits.js";
import type { Line } from "./lines.js";

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];
const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * Cuts a JSON array into its elements, each as a line with the element's number, holding at most one element of the allowed
 * length. What is no array any more (text behind its end, an end that is missing) comes out as an element that is not JSON.
 */
export class ArraySplitter {
  #number = 0;
  #depth = 0;
  #inText = false;
  #isEscaped = false;
  #isDone = false;
  #pieces: Buffer[] = [];
  #length = 0;
  #tooLong = false;

  constructor(private readonly maximumBytes: number = limits.lineBytes) {}

  push(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    /** Where the element that is open goes on in this chunk; −1 outside of one. */
    let start = this.#depth > 0 || this.#isDone ? 0 : -1;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.#inText) {
        this.#passText(byte);
        continue;
      }
      if (this.#isDone) continue;
      if (byte === quote) this.#inText = true;
      else if (byte === openBracket || byte === openBrace) {
        this.#depth++;
        if (this.#depth === 1) start = at + 1;
      } else if (byte === closeBracket || byte === closeBrace) {
        this.#depth--;
        if (this.#depth > 0) continue;
        this.#isDone = true;
        this.#finish(chunk.subarray(start, at), true, lines);
        start = at + 1;
      } else if (byte === comma && this.#depth === 1) {
        this.#finish(chunk.subarray(start, at), false, lines);
        start = at + 1;
      }
    }
    if (start >= 0) this.#hold(chunk.subarray(start));
    return lines;
  }

  /** What the end of the input cut off, and what stood behind the end of the array. */
  end(): Line[] {
    const lines: Line[] = [];
    this.#finish(Buffer.alloc(0), true, lines);
    return lines;
  }

  #passText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte === quote) this.#inText = false;
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0 || this.#tooLong) return;
    this.#length += piece.length;
    this.#pieces.push(Buffer.from(piece));
    if (this.#length <= this.maximumBytes) return;
    this.#tooLong = true;
    this.#pieces = [Buffer.from(Buffer.concat(this.#pieces).subarray(0, limits.originalBytes))];
  }

  /** @param mayBeEmpty at the end of an array nothing stands behind the last comma, or between the brackets */
  #finish(piece: Buffer, mayBeEmpty: boolean, lines: Line[]): void {
    this.#hold(piece);
    const bytes = trimmed(Buffer.concat(this.#pieces));
    const tooLong = this.#tooLong;
    this.#pieces = [];
    this.#length = 0;
    this.#tooLong = false;
    if (bytes.length === 0 && mayBeEmpty) return;
    this.#number++;
    lines.push({ number: this.#number, bytes, tooLong });
  }
}

function trimmed(bytes: Buffer): Buffer {
  let [start, end] = [0, bytes.length];
  while (start < end && isBlank(bytes[start] ?? 0)) start++;
  while (end > start && isBlank(bytes[end - 1] ?? 0)) end--;
  return bytes.subarray(start, end);
}
