import { shown } from "../ingest/fields.js";
import { LinesOrElements } from "../ingest/file-lines.js";
import type { Line } from "../ingest/lines.js";
import { Refusal, rejectionOf, type Rejection } from "../ingest/outcome.js";
import { jsonObject, lineText } from "../ingest/records.js";
import { formatByName, type Input } from "../ingest/input.js";
import { csvRecords } from "./csv-records.js";

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
export async function* textLines(input: Input, format: TextFormat): AsyncGenerator<TextLine | Rejection> {
  if (format === "csv") {
    const howTo = "Give it a header with the column text or headline, or read it with --format text.";
    for await (const entry of csvRecords({ ...input, required: [names], howTo })) {
      yield "cells" in entry ? checked(entry.source, entry.cells.text ?? entry.cells.headline) : entry;
    }
    return;
  }
  const splitter = new LinesOrElements(format === "jsonl");
  const read = function* (lines: readonly Line[]): Generator<TextLine | Rejection> {
    for (const line of lines) {
      const text = lineText(line);
      if (text instanceof Refusal) yield rejectionOf(line, text);
      else if (text.trim() !== "") {
        yield format === "text" ? { line: line.number, text } : fromJson(line, text);
      }
    }
  };
  for await (const chunk of input.chunks) yield* read(splitter.push(chunk));
  yield* read(splitter.end());
}

function fromJson(line: Line, text: string): TextLine | Rejection {
  const object = jsonObject(text);
  if (object instanceof Refusal) return rejectionOf(line, object);
  return checked(line, object["text"] ?? object["headline"]);
}

function checked(line: Line, text: unknown): TextLine | Rejection {
  const refusal = (code: "MISSING_FIELD" | "INVALID_FIELD", reason: string): Rejection =>
    rejectionOf(line, new Refusal(code, reason));
  if (text === undefined || text === null) return refusal("MISSING_FIELD", `it has no ${names.join(" or ")}`);
  if (typeof text !== "string") return refusal("INVALID_FIELD", `its text is ${shown(text)}, no text`);
  return text.trim() === "" ? refusal("MISSING_FIELD", "its text is empty") : { line: line.number, text };
}
