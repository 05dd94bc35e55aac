import { isUtf8 } from "node:buffer";
import { ColumnNotes, KeyReader, type ColumnMap, type ColumnPlan, type MapOfTwo } from "./columns.js";
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
  /** The fields that every line has; undefined where each says so itself. */
  readonly columns?: ColumnPlan | undefined;
  push(line: Line): RawRecord[];
  end(): RawRecord[];
}

/** How the fields of a file are found. */
export interface FieldOptions {
  readonly map?: ColumnMap | undefined;
  /** Where the map is for files of both kinds. */
  readonly mapOfTwo?: MapOfTwo | undefined;
  /** Columns of a CSV file without a header, in their order. */
  readonly columns?: readonly string[] | undefined;
  /** Fields that a CSV header may do without. */
  readonly mayLack?: readonly string[] | undefined;
}

/** @param notes takes what is to be said of the columns */
export function recordReader(
  format: FileFormat,
  kind: IngestKind,
  options: FieldOptions = {},
  notes: ColumnNotes = new ColumnNotes(),
): RecordReader {
  if (format === "jsonl")
    return new JsonLinesReader(kind, new KeyReader(kind, options.map ?? {}, notes, options.mapOfTwo));
  const header = (text: string): ColumnPlan => csvHeader(text, kind, { ...options, notes });
  return new CsvReader(header, options.columns && header(options.columns.join(",")));
}

const tooLong = new Refusal("TOO_LARGE", `the line is longer than ${limits.lineBytes} bytes`);
const notUtf8 = new Refusal(
  "MALFORMED_LINE",
  "the line is not valid UTF-8: iconv -f WINDOWS-1252 -t UTF-8 may mend it",
);

/** The text of a line, or why it has none. */
export function lineText(line: Line): string | Refusal {
  if (line.tooLong) return tooLong;
  return isUtf8(line.bytes) ? line.bytes.toString("utf8") : notUtf8;
}

/** @returns the object of a line, or why there is none */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | Refusal {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const isOverLines = /^\s*\{\s*$/.test(text);
    const hint = isOverLines ? ": an object over several lines becomes one line with jq -c ." : "";
    return new Refusal("MALFORMED_LINE", `the line is not valid JSON${hint}`);
  }
  if (Array.isArray(value)) {
    return new Refusal(
      "MALFORMED_LINE",
      "the line is an array, not an object: jq -c '.[]' makes lines of its elements",
    );
  }
  if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  return new Refusal("MALFORMED_LINE", "the line is not a JSON object");
}

/** Why an object that holds a list, as the answers of many servers do, is no record itself. */
function asEnvelope(object: Readonly<Record<string, unknown>>): Refusal | undefined {
  for (const [key, value] of Object.entries(object)) {
    if (!Array.isArray(value) || value.length === 0) continue;
    const isOfObjects = value.every((item) => typeof item === "object" && item !== null && !Array.isArray(item));
    if (isOfObjects) {
      const path = /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `.[${JSON.stringify(key.slice(0, 40))}]`;
      return new Refusal("MALFORMED_LINE", `the line holds a list of records: jq -c '${path}[]' makes lines of them`);
    }
    if (typeof value[0] === "number" && value.length > 1) {
      const name = JSON.stringify(key.slice(0, 40));
      return new Refusal(
        "MALFORMED_LINE",
        `the line holds a list of numbers in ${name}; write an object for each record`,
      );
    }
  }
  return undefined;
}

/** Lines that are held until each key that the user names was met in one; behind them it is taken to be absent. */
const linesJudged = 100;

class JsonLinesReader implements RecordReader {
  readonly #needed: readonly string[];
  #held: (RawRecord | { readonly line: Line; readonly object: Fields })[] = [];
  #holdsObjects = false;

  constructor(
    kind: IngestKind,
    private readonly keys: KeyReader,
  ) {
    this.#needed = kind === "news" ? ["headline"] : ["close"];
  }

  push(line: Line): RawRecord[] {
    const read = this.#read(line);
    if (this.#held.length === 0 && this.keys.areKeysKnown) return ["object" in read ? this.#recordOf(read) : read];
    return this.#hold(read);
  }

  end(): RawRecord[] {
    return this.#release();
  }

  #read(line: Line): RawRecord | { readonly line: Line; readonly object: Fields } {
    const text = lineText(line);
    if (text instanceof Refusal) return { line, refusal: text };
    if (text.trim() === "") return { line, skipped: true };
    const object = jsonObject(text);
    return object instanceof Refusal ? { line, refusal: object } : { line, object };
  }

  #recordOf({ line, object }: { readonly line: Line; readonly object: Fields }): RawRecord {
    const fields = this.keys.fieldsOf(object);
    const envelope = this.#needed.some((name) => name in fields) ? undefined : asEnvelope(object);
    return envelope ? { line, refusal: envelope } : { line, fields };
  }

  #hold(read: RawRecord | { readonly line: Line; readonly object: Fields }): RawRecord[] {
    this.#held.push(read);
    // What holds a list of records has other keys than they.
    if ("object" in read && this.#isRecord(read.object)) {
      this.keys.meet(read.object);
      this.#holdsObjects = true;
    }
    return this.keys.areKeysKnown || this.#held.length >= linesJudged ? this.#release() : [];
  }

  #isRecord(object: Fields): boolean {
    return this.#needed.some((field) => this.keys.hasField(object, field)) || asEnvelope(object) === undefined;
  }

  #release(): RawRecord[] {
    if (this.#holdsObjects) this.keys.refuseAbsent();
    const held = this.#held;
    this.#held = [];
    this.#holdsObjects = false;
    return held.map((read) => ("object" in read ? this.#recordOf(read) : read));
  }
}

/**
 * A quoted field may run over several lines. A stray quote must not swallow the lines after it, though: when the joined
 * lines are no record of the header's width, only the first of them is refused and the others are read on their own.
 */
export class CsvReader implements RecordReader {
  #columns: ColumnPlan | undefined;
  /** Lines of the record whose quoted field is open, and their text. */
  #open: Line[] = [];
  #openText = "";
  #insideQuotes = false;

  /**
   * @param header the field of each column of a header line; throws where it is none
   * @param columns those of a file without a header
   */
  constructor(
    private readonly header: (text: string) => ColumnPlan,
    columns?: ColumnPlan,
  ) {
    this.#columns = columns;
  }

  /** The fields of the header, once it was read. */
  get columns(): ColumnPlan | undefined {
    return this.#columns;
  }

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
      this.#columns = this.header(text);
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
    for (let index = 0; index < columns.length; index++) {
      const name = columns[index];
      if (name !== undefined) fields[name] = cells[index];
    }
    return fields;
  }
}
