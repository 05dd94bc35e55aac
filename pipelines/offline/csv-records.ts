import { Readable } from "node:stream";
import { parse } from "csv-parse";
import { limits } from "../ingest/limits.js";
import { messageOf, UserError } from "../runtime/errors.js";

export interface CsvRecord {
  /** Of its last line in the file, from 1. */
  readonly line: number;
  /** Cells by column, in lower case. */
  readonly cells: Readonly<Record<string, string | undefined>>;
}

export interface RefusedLine {
  readonly line: number;
  readonly reason: string;
}

interface Parsed {
  readonly record: CsvRecord["cells"];
  readonly info: { readonly lines: number };
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
 * The records of a CSV file (RFC 4180) with a header, and the lines that are none, in their order.
 *
 * @throws UserError when a required column is missing or one is there twice
 */
export async function* csvRecords(source: CsvSource): AsyncGenerator<CsvRecord | RefusedLine> {
  const { name, chunks, howTo } = source;
  const refused: RefusedLine[] = [];
  const parser = parse({
    columns: (header: string[]) => columnsOf(header, source),
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: limits.lineBytes,
  });
  parser.on("skip", (error: { lines?: number; message: string }) =>
    refused.push({ line: error.lines ?? 0, reason: `not CSV: ${error.message}` }),
  );
  const input = Readable.from(chunks, { objectMode: false });
  input.once("error", (error) => parser.destroy(error));
  try {
    for await (const { record, info } of input.pipe(parser) as AsyncIterable<Parsed>) {
      yield* refused.splice(0);
      yield { line: info.lines, cells: record };
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${name} is no CSV file: ${messageOf(error)}`, howTo, { cause: error });
  } finally {
    input.destroy();
  }
  yield* refused.splice(0);
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
