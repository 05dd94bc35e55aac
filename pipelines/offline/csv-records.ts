import { csvCells } from "../ingest/csv.js";
import { LineSplitter, type Line } from "../ingest/lines.js";
import { rejectionOf, type Rejection } from "../ingest/outcome.js";
import { CsvReader } from "../ingest/records.js";
import { UserError } from "../runtime/errors.js";

export interface CsvRecord {
  /** Of its first line in the file, from 1. */
  readonly line: number;
  /** Cells by column, in lower case. */
  readonly cells: Readonly<Record<string, string | undefined>>;
  /** Its first line as it stands in the file. */
  readonly source: Line;
}

export interface CsvSource {
  readonly name: string;
  readonly chunks: AsyncIterable<Buffer>;
  /** Columns of which one of each group must be there. */
  readonly required: readonly (readonly string[])[];
  /** How such a file begins, for the error. */
  readonly howTo: string;
}

/**
 * The records of a CSV file (RFC 4180) with a header, and the lines that are none, in their order: read as ingest reads
 * them, so that lines are counted and encodings are judged alike.
 *
 * @throws UserError when a required column is missing or one is there twice
 */
export async function* csvRecords(source: CsvSource): AsyncGenerator<CsvRecord | Rejection> {
  const splitter = new LineSplitter();
  const reader = new CsvReader((text) => columnsOf(csvCells(text) ?? [], source));
  for await (const chunk of source.chunks) yield* recordsOf(splitter.push(chunk), reader);
  yield* recordsOf(splitter.end(), reader);
  yield* results(reader.end());
}

function* recordsOf(lines: readonly Line[], reader: CsvReader): Generator<CsvRecord | Rejection> {
  for (const line of lines) yield* results(reader.push(line));
}

function* results(records: ReturnType<CsvReader["push"]>): Generator<CsvRecord | Rejection> {
  for (const record of records) {
    const { line } = record;
    if ("refusal" in record) yield rejectionOf(line, record.refusal);
    else if ("fields" in record) {
      yield { line: line.number, cells: record.fields as CsvRecord["cells"], source: line };
    }
  }
}

function columnsOf(header: readonly string[], { name, required, howTo }: CsvSource): string[] {
  const names = header.map((column) => column.trim().toLowerCase());
  const repeated = names.find((column, index) => column !== "" && names.indexOf(column) !== index);
  if (repeated !== undefined) throw new UserError(`${name} has the column ${repeated} twice`, howTo);
  const missing = required.filter((alternatives) => !alternatives.some((column) => names.includes(column)));
  if (missing.length > 0) {
    throw new UserError(`${name} has no column ${missing.map((one) => one.join(" or ")).join(", ")}`, howTo);
  }
  return names;
}
