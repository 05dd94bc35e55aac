import { limits } from "./limits.js";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** One line of the input, without its end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** The bytes; of a line that is too long only the first few. */
  readonly bytes: Buffer;
  /** True for a line longer than allowed. */
  readonly tooLong: boolean;
}

/**
 * Cuts chunks into lines (LF or CRLF; a UTF-8 byte order mark is dropped), holding at most one line of the allowed
 * length: what goes on beyond it is only waited for to end.
 */
export class LineSplitter {
  #number = 0;
  /** Pieces of the line that has begun; a piece is a copy, so that it does not keep its chunk alive. */
  #pieces: Buffer[] = [];
  #length = 0;
  #tooLong = false;

  constructor(private readonly maximumBytes: number = limits.lineBytes) {}

  /** Lines that this chunk ends. They share its memory: use them before the chunk is reused. */
  push(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(lineFeed, start);
      if (end < 0) break;
      lines.push(this.#finish(chunk.subarray(start, end)));
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
    return lines;
  }

  /** The last line, where the input does not end with a line feed. */
  end(): Line[] {
    return this.#length === 0 && !this.#tooLong ? [] : [this.#finish(Buffer.alloc(0))];
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0 || this.#tooLong) return;
    this.#length += piece.length;
    this.#pieces.push(Buffer.from(piece));
    // One byte more may be the carriage return of the line's end.
    if (this.#length <= this.maximumBytes + 1) return;
    this.#tooLong = true;
    this.#pieces = [Buffer.from(Buffer.concat(this.#pieces).subarray(0, limits.originalBytes))];
  }

  #finish(piece: Buffer): Line {
    let bytes = piece;
    let tooLong = this.#tooLong;
    if (this.#tooLong) bytes = this.#pieces[0] ?? piece;
    else if (this.#length > 0) bytes = Buffer.concat([...this.#pieces, piece]);
    this.#number++;
    this.#pieces = [];
    this.#length = 0;
    this.#tooLong = false;
    if (!tooLong && bytes.at(-1) === carriageReturn) bytes = bytes.subarray(0, -1);
    if (this.#number === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    if (bytes.length > this.maximumBytes) {
      tooLong = true;
      bytes = bytes.subarray(0, limits.originalBytes);
    }
    return { number: this.#number, bytes, tooLong };
  }
}
