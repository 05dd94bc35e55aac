import { parse } from "csv-parse/sync";
import { UserError } from "../runtime/errors.js";
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

/** Columns that a header must have; alternatives in one entry. */
const requiredColumns: Record<IngestKind, readonly (readonly string[])[]> = {
  news: [["id", "url"], ["published_at"], ["symbols", "symbol"], ["headline"]],
  bars: [["symbol"], ["date", "time"], ["open"], ["high"], ["low"], ["close"], ["volume"]],
};

/**
 * Column names of a header line, in lower case.
 *
 * @param mayLack columns that are needed otherwise
 * @throws UserError when it is no header of this kind: then not one line of the file could be read
 */
export function csvHeader(text: string, kind: IngestKind, mayLack: readonly string[]): string[] {
  const names = (csvCells(text) ?? []).map((name) => name.trim().toLowerCase());
  const missing = requiredColumns[kind].filter(
    (alternatives) => !alternatives.some((name) => names.includes(name) || mayLack.includes(name)),
  );
  const repeated = names.find((name, index) => name !== "" && names.indexOf(name) !== index);
  if (missing.length === 0 && repeated === undefined) return names;
  const found = JSON.stringify(text.slice(0, 100));
  const problem =
    missing.length === 0
      ? `the column ${repeated ?? ""} twice`
      : `no column ${missing.map((alternatives) => alternatives.join(" or ")).join(", ")}`;
  throw new UserError(
    `The CSV header has ${problem}: ${found}`,
    kind === "news"
      ? "Begin the file with: id,published_at,symbols,headline (source and url may follow)."
      : "Begin the file with: symbol,date,open,high,low,close,adj_close,volume (or time,interval for date).",
  );
}
