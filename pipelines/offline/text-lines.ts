import { LineSplitter, type Line } from "../ingest/lines.js";
import { limits } from "../ingest/limits.js";
import { formatByName, type Input } from "../ingest/input.js";
import { csvRecords, type RefusedLine } from "./csv-records.js";

export const textFormats = ["text", "csv", "jsonl"] as const;
export type TextFormat = (typeof textFormats)[number];

export interface TextLine {
  readonly line: number;
  readonly text: string;
}

/** Columns, or fields, in which the text is looked for. */
const names = ["text", "headline"] as const;

/** By the file's name; plain text where the name shows none. */
export const textFormatOf = (file: string): TextFormat => formatByName(file) ?? "text";

/** The texts of a file and the lines that hold none, in their order; blank lines are passed over. */
export async function* textLines(input: Input, format: TextFormat): AsyncGenerator<TextLine | RefusedLine> {
  if (format === "csv") {
    const howTo = "Give it a header with the column text or headline, or read it with --format text.";
    for await (const entry of csvRecords({ ...input, required: [names], howTo })) {
      yield "cells" in entry ? checked(entry.line, entry.cells.text ?? entry.cells.headline) : entry;
    }
    return;
  }
  const splitter = new LineSplitter();
  const read = function* (lines: readonly Line[]): Generator<TextLine | RefusedLine> {
    for (const { number, bytes, tooLong } of lines) {
      if (tooLong)
        yield { line: number, reason: `it is longer than ${limits.lineBytes.toLocaleString("en-US")} bytes` };
      else if (bytes.toString().trim() !== "")
        yield format === "text" ? { line: number, text: bytes.toString() } : fromJson(number, bytes);
    }
  };
  for await (const chunk of input.chunks) yield* read(splitter.push(chunk));
  yield* read(splitter.end());
}

function fromJson(line: number, bytes: Buffer): TextLine | RefusedLine {
  try {
    const { text, headline } = JSON.parse(bytes.toString()) as { text?: unknown; headline?: unknown };
    return checked(line, text ?? headline);
  } catch {
    return { line, reason: "it is no JSON object" };
  }
}

function checked(line: number, text: unknown): TextLine | RefusedLine {
  if (typeof text !== "string") return { line, reason: `it has no ${names.join(" or ")}` };
  return text.trim() === "" ? { line, reason: "its text is empty" } : { line, text };
}
