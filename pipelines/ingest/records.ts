import { isUtf8 } from "node:buffer";
import { csvCells, csvHeader, endsInsideQuotes } from "./csv.js";
import type { Fields } from "./fields.js";
import { limits } from "./limits.js";
import type { Line } from "./lines.js";
import { type IngestKind, Refusal } from "./outcome.js";

/** How a file writes its records. */
export type FileFormat = "jsonl" | "csv";

/** The content of one line, or of the lines of one quoted CSV record. */
export type RawRecord =
  | { readonly line: Line; readonly fields: Fields }
  | { readonly line: Line; readonly refusal: Refusal }
  | { readonly line: Line; readonly skipped: true };

/** Turns lines into records' fields. Every line comes out exactly once, in order. */
export interface RecordReader {
  push(line: Line): RawRecord[];
  end(): RawRecord[];
}

/** @param mayLack columns that a CSV header may do without */
export function recordReader(format: FileFormat, kind: IngestKind, mayLack: readonly string[]): RecordReader {
  return format === "jsonl" ? new JsonLinesReader() : new CsvReader(kind, mayLack);
}

const tooLong = new Refusal("TOO_LARGE", `the line is longer than ${limits.lineBytes} bytes`);
const notUtf8 = new Refusal("MALFORMED_LINE", "the line is not valid UTF-8");

/** The text of a line, or why it has none. */
function lineText(line: Line): string | Refusal {
  if (line.tooLong) return tooLong;
  return isUtf8(line.bytes) ? line.bytes.toString("utf8") : notUtf8;
}

class JsonLinesReader implements RecordReader {
  push(line: Line): RawRecord[] {
    const text = lineText(line);
    if (text instanceof Refusal) return [{ line, refusal: text }];
    if (text.trim() === "") return [{ line, skipped: true }];
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return [{ line, refusal: new Refusal("MALFORMED_LINE", "the line is not valid JSON") }];
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return [{ line, refusal: new Refusal("MALFORMED_LINE", "the line is not a JSON object") }];
    }
    return [{ line, fields: value as Fields }];
  }

  end(): RawRecord[] {
    return [];
  }
}

/**
 * A quoted field may run over several lines. A stray quote must not swallow the lines after it, though: when the joined
 * lines are no record of the header's width, only the first of them is refused and the others are read on their own.
 */
class CsvReader implements RecordReader {
  #columns: string[] | undefined;
  /** Lines of the record whose quoted field is open, and their text. */
  #open: Line[] = [];
  #openText = "";
  #insideQuotes = false;

  constructor(
    private readonly kind: IngestKind,
    private readonly mayLack: readonly string[],
  ) {}

  push(line: Line): RawRecord[] {
    const results: RawRecord[] = [];
    this.#readAll([line], results);
    return results;
  }

  end(): RawRecord[] {
    const results: RawRecord[] = [];
    while (this.#open.length > 0) this.#readAll(this.#giveUp(results), results);
    return results;
  }

  #readAll(lines: readonly Line[], results: RawRecord[]): void {
    const waiting = [...lines];
    for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
      waiting.unshift(...this.#read(line, results));
    }
  }

  /** @returns lines to be read again */
  #read(line: Line, results: RawRecord[]): readonly Line[] {
    const text = lineText(line);
    if (this.#open.length > 0) {
      if (text instanceof Refusal) return [...this.#giveUp(results), line];
      return this.#readOn(line, text, results);
    }
    if (text instanceof Refusal) results.push({ line, refusal: text });
    else if (text.trim() === "") results.push({ line, skipped: true });
    else if (this.#columns === undefined) {
      this.#columns = csvHeader(text, this.kind, this.mayLack);
      results.push({ line, skipped: true });
    } else if (endsInsideQuotes(text)) {
      this.#open = [line];
      this.#openText = text;
      this.#insideQuotes = true;
    } else {
      const fields = this.#fieldsOf(text);
      results.push(fields instanceof Refusal ? { line, refusal: fields } : { line, fields });
    }
    return [];
  }

  #readOn(line: Line, text: string, results: RawRecord[]): readonly Line[] {
    this.#open.push(line);
    this.#openText += `\n${text}`;
    if (endsInsideQuotes(text)) this.#insideQuotes = !this.#insideQuotes;
    const overlong = this.#open.length >= limits.linesPerRecord || this.#openText.length > limits.lineBytes;
    if (this.#insideQuotes) return overlong ? this.#giveUp(results) : [];
    const fields = this.#fieldsOf(this.#openText);
    if (fields instanceof Refusal) return this.#giveUp(results);
    const [first, ...further] = this.#open;
    if (first !== undefined) results.push({ line: first, fields });
    for (const next of further) results.push({ line: next, skipped: true });
    this.#open = [];
    return [];
  }

  /** Refuses the line whose quote never ended; @returns those after it. */
  #giveUp(results: RawRecord[]): readonly Line[] {
    const [first, ...rest] = this.#open;
    if (first !== undefined) {
      results.push({ line: first, refusal: new Refusal("MALFORMED_LINE", "a quote that is opened does not end") });
    }
    this.#open = [];
    return rest;
  }

  #fieldsOf(text: string): Fields | Refusal {
    const cells = csvCells(text);
    const columns = this.#columns ?? [];
    if (cells === undefined) return new Refusal("MALFORMED_LINE", "the line is not valid CSV");
    if (cells.length !== columns.length) {
      return new Refusal("MALFORMED_LINE", `${cells.length} fields; the header has ${columns.length}`);
    }
    const fields: Record<string, unknown> = {};
    for (const [index, name] of columns.entries()) fields[name] = cells[index];
    return fields;
  }
}
