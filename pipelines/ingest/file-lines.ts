import { ArraySplitter } from "./array-splitter.js";
import type { ColumnMap, MapOfTwo } from "./columns.js";
import { formatByContent, formatByName } from "./input.js";
import { LineSplitter, type Line } from "./lines.js";
import type { IngestKind } from "./outcome.js";
import { recordReader, type FileFormat, type RawRecord, type RecordReader } from "./records.js";
import type { FileNotes } from "./notes.js";

/** Cuts what begins as an array of objects or arrays into its elements, anything else into lines. */
export class LinesOrElements {
  #splitter: LineSplitter | ArraySplitter | undefined;
  /** The beginning, as long as it shows nothing. */
  #head: Buffer = Buffer.alloc(0);

  /** @param mayBeArray false where a line that begins with `[` is a line */
  constructor(private readonly mayBeArray: boolean) {}

  get isArray(): boolean {
    return this.#splitter instanceof ArraySplitter;
  }

  push(chunk: Buffer): Line[] {
    if (this.#splitter !== undefined) return this.#splitter.push(chunk);
    const head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const isArray = this.mayBeArray ? beginsArray(head) : false;
    if (isArray === undefined) {
      this.#head = head;
      return [];
    }
    return this.#begin(isArray, head);
  }

  end(): Line[] {
    const first = this.#splitter === undefined ? this.#begin(false, this.#head) : [];
    return [...first, ...(this.#splitter?.end() ?? [])];
  }

  #begin(isArray: boolean, head: Buffer): Line[] {
    this.#splitter = isArray ? new ArraySplitter() : new LineSplitter();
    return this.#splitter.push(head);
  }
}

/** `[1, 2]` on a line of its own is a line like others. @returns undefined as long as it cannot be told */
function beginsArray(head: Buffer): boolean | undefined {
  const text = head.subarray(0, 4096).toString("latin1");
  const match = /^(?:\u00ef\u00bb\u00bf)?\s*(?:\[\s*([^\s])?)?/.exec(text);
  const rest = text.slice(match?.[0].length ?? 0);
  if (match?.[1] !== undefined) return match[1] === "{" || match[1] === "[" || match[1] === "]";
  return rest === "" && head.length < 4096 ? undefined : false;
}

export interface FileLinesOptions {
  readonly kind: IngestKind;
  /** A file, by whose name the format is told. */
  readonly input: string;
  readonly format?: FileFormat | undefined;
  readonly map?: ColumnMap | undefined;
  readonly mapOfTwo?: MapOfTwo | undefined;
  readonly columns?: readonly string[] | undefined;
  readonly symbol?: string | undefined;
  readonly interval?: string | undefined;
  readonly tagging?: object | undefined;
}

/** The chunks of a file as records with their fields. */
export class FileLines {
  readonly #lines: LinesOrElements;
  #format: FileFormat | undefined;
  #reader: RecordReader | undefined;

  constructor(
    private readonly options: FileLinesOptions,
    private readonly notes: FileNotes,
  ) {
    this.#format = options.format ?? formatByName(options.input);
    this.#lines = new LinesOrElements(this.#format !== "csv");
  }

  push(chunk: Buffer): RawRecord[] {
    return this.#recordsOf(this.#lines.push(chunk));
  }

  end(): RawRecord[] {
    return [...this.#recordsOf(this.#lines.end()), ...(this.#reader?.end() ?? [])];
  }

  /** False for a CSV file of which no column can tell articles apart. */
  hasIdentity(): boolean {
    const columns = this.#reader?.columns;
    return this.options.kind === "bars" || columns === undefined || columns.includes("id") || columns.includes("url");
  }

  /** True for a file whose lines cannot name an interval of their own, and none was given for them. */
  isAlwaysDaily(): boolean {
    const columns = this.#reader?.columns;
    return this.options.interval === undefined && columns !== undefined && !columns.includes("interval");
  }

  #recordsOf(lines: readonly Line[]): RawRecord[] {
    const records: RawRecord[] = [];
    for (const line of lines) {
      const reader = this.#readerFor(line);
      if (reader === undefined) records.push({ line, skipped: true });
      else for (const record of reader.push(line)) records.push(record);
    }
    return records;
  }

  #readerFor(line: Line): RecordReader | undefined {
    if (this.#reader !== undefined) return this.#reader;
    // Blank lines show nothing of the format.
    this.#format ??= isBlank(line) ? undefined : formatByContent(line.bytes);
    if (this.#format === undefined) return undefined;
    const { kind, symbol, tagging, map, mapOfTwo, columns } = this.options;
    const mayLack = [...(tagging ? ["symbols"] : []), ...(symbol === undefined ? [] : ["symbol", "symbols"])];
    this.#reader = recordReader(this.#format, kind, { map, mapOfTwo, columns, mayLack }, this.notes.columns);
    if (this.#lines.isArray) this.notes.remarks.push("it is an array: lines are counted by its elements");
    return this.#reader;
  }
}

function isBlank(line: Line): boolean {
  return line.bytes.toString("latin1").trim() === "";
}
