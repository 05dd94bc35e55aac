import { parse } from "csv-parse/sync";
import { UserError } from "../runtime/errors.js";
import {
  planColumns,
  refuseAbsentColumns,
  type ColumnMap,
  type ColumnNotes,
  type ColumnPlan,
  type MapOfTwo,
} from "./columns.js";
import type { IngestKind } from "./outcome.js";

/**
 * The cells of one CSV record (RFC 4180, commas); undefined when it is none. Without a quote that is a plain split,
 * about 50 times as fast as setting up a parser for one record.
 */
export function csvCells(text: string): string[] | undefined {
  if (!text.includes('"')) return text.split(",");
  try {
    const records = parse(text, { relax_column_count: true });
    return records.length === 1 ? records[0] : undefined;
  } catch {
    return undefined;
  }
}

/** True while a quoted field has not ended: a doubled quote inside of one counts twice, so an odd number is open. */
export function endsInsideQuotes(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

/** Fields that a header must have; alternatives in one entry. */
const requiredFields: Record<IngestKind, readonly (readonly string[])[]> = {
  news: [["published_at", "date"], ["symbols", "symbol"], ["headline"]],
  bars: [
    ["symbol"],
    ["date", "time", "timestamp", "open_time", "close_time"],
    ["open"],
    ["high"],
    ["low"],
    ["close"],
    ["volume"],
  ],
};
/** Those of each entry that the message names. */
const namedFields = { published_at: ["published_at"], date: ["date", "time"] } as Readonly<Record<string, string[]>>;

export interface HeaderOptions {
  readonly map?: ColumnMap | undefined;
  /** Where the map is for files of both kinds. */
  readonly mapOfTwo?: MapOfTwo | undefined;
  /** Fields that are needed otherwise. */
  readonly mayLack?: readonly string[] | undefined;
  readonly notes?: ColumnNotes | undefined;
}

/**
 * The field of each column of a header line.
 *
 * @throws UserError when it is no header of this kind: then not one line of the file could be read
 */
export function csvHeader(text: string, kind: IngestKind, options: HeaderOptions = {}): ColumnPlan {
  const { map, mapOfTwo, mayLack = [], notes } = options;
  const names = csvCells(text) ?? [];
  refuseRepeated(names, text, kind);
  refuseAbsentColumns(names, kind, map, mapOfTwo);
  const plan = planColumns(names, kind, map);
  const missing = requiredFields[kind].filter(
    (alternatives) => !alternatives.some((field) => plan.includes(field) || mayLack.includes(field)),
  );
  if (missing.length > 0) throw lacking(names, text, kind, missing);
  notes?.note(names, plan);
  return plan;
}

function refuseRepeated(names: readonly string[], text: string, kind: IngestKind): void {
  const trimmed = names.map((name) => name.trim().toLowerCase());
  const repeated = trimmed.find(
    (name, at) => name.length > 1 && trimmed.indexOf(name) !== at && planColumns([name], kind)[0] !== undefined,
  );
  if (repeated === undefined) return;
  throw new UserError(
    `The CSV header has the column ${repeated} twice: ${JSON.stringify(text.slice(0, 100))}`,
    beginning[kind],
  );
}

const beginning: Record<IngestKind, string> = {
  news: "Begin the file with: id,published_at,symbols,headline (source and url may follow).",
  bars: "Begin the file with: symbol,date,open,high,low,close,adj_close,volume (or time,interval for date).",
};

function lacking(
  names: readonly string[],
  text: string,
  kind: IngestKind,
  missing: readonly (readonly string[])[],
): UserError {
  const shown = JSON.stringify(text.slice(0, 100));
  const separator = ["\t", ";", "|"].find((one) => text.split(one).length > Math.max(3, names.length));
  if (separator !== undefined) {
    const called = separator === "\t" ? "tabs" : JSON.stringify(separator);
    return new UserError(`The columns are parted by ${called}, not by commas: ${shown}`, "Write them with commas.");
  }
  if (names.length > 3 && names.every((name) => name.trim() === "" || /^["+-]?[\d.]/.test(name.trim()))) {
    return new UserError(
      `The CSV file has no header, its first line is data: ${shown}`,
      "Name its columns in their order, with - for those to be left out: --columns open_time,open,high,low,close,volume,close_time",
    );
  }
  const listed = missing.map((alternatives) => (namedFields[alternatives[0] ?? ""] ?? alternatives).join(" or "));
  const isSymbolAlone = missing.length === 1 && missing[0]?.[0] === "symbol";
  return new UserError(
    `The CSV header has no column ${listed.join(", ")}: ${shown}`,
    isSymbolAlone
      ? "Name the column with --map symbol=COLUMN, or the one symbol of the whole file with --symbol AAPL."
      : `${beginning[kind]} Other names are given with --map FIELD=COLUMN.`,
  );
}
