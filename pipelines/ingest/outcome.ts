import type { RejectCode } from "../../schemas/reject-codes.js";
import { limits } from "./limits.js";
import type { Line } from "./lines.js";
import type { Bar, NewsArticle } from "../../schemas/generated/types.js";

/** What a file holds. */
export type IngestKind = "news" | "bars";

/** Record types by kind. */
export interface IngestRecords {
  news: NewsArticle;
  bars: Bar;
}

/** A line that was refused. */
export interface Rejection {
  /** Number of the line in the (decompressed) input, from 1. */
  readonly line: number;
  readonly code: RejectCode;
  readonly reason: string;
  /** The line, cut to 512 bytes; what is not UTF-8 is shown as U+FFFD. */
  readonly original: string;
}

/** What became of one line: every line has exactly one. */
export type LineOutcome<Record> =
  | {
      readonly outcome: "accepted";
      readonly line: number;
      readonly record: Record;
      /** Symbols of the line that are not on the list and were left out. */
      readonly unknownSymbols: number;
    }
  /** Seen before in this file, with the same content. */
  | { readonly outcome: "duplicate"; readonly line: number }
  | { readonly outcome: "rejected"; readonly line: number; readonly rejection: Rejection }
  /** Holds no record of its own: a blank line, the CSV header, a further line of a quoted field. */
  | { readonly outcome: "skipped"; readonly line: number };

/** Why a line is refused: thrown while it is parsed, turned into a Rejection value where the line ends. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly code: RejectCode,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** A refusal with the line that it is of. */
export function rejectionOf(line: Pick<Line, "number" | "bytes">, { code, reason }: Refusal): Rejection {
  const original = line.bytes.subarray(0, limits.originalBytes).toString("utf8");
  return { line: line.number, code, reason, original };
}
