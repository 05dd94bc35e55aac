import { parse } from "csv-parse/sync";
import { calendarNames } from "../../../operators/calendar/calendars.js";
import { messageOf } from "../../runtime/errors.js";
import { hasCalendar } from "./calendar-of.js";
import { parseFormerly, type Complain } from "./formerly.js";
import type { UniverseProblem } from "./problem.js";
import { isWellFormedSymbol, normalSymbol, symbolFault } from "./spelling.js";
import type { Listing } from "./universe.js";

export const universeColumns = ["symbol", "name", "aliases", "exchange", "currency", "formerly", "not"] as const;
type Column = (typeof universeColumns)[number];

/** A listing with the line of the file that it stands in. */
export interface ListingLine {
  readonly line: number;
  readonly listing: Listing;
}

/** A file of a universe, read as far as it can be. */
export interface ParsedUniverse {
  readonly lines: readonly ListingLine[];
  readonly problems: readonly UniverseProblem[];
  /** Columns of the heading that are not read. */
  readonly unreadColumns: readonly string[];
}

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Headings that mean the symbol and are not called so. */
const otherSymbolNames = new Set(["ticker", "tickers", "symbols", "code", "ric", "isin", "cusip", "figi"]);

/**
 * A universe: CSV with a heading, of which only `symbol` is needed; or one symbol a line, in the first column. `#` begins a
 * line that is passed over.
 */
export function parseUniverse(text: string): ParsedUniverse {
  const problems: UniverseProblem[] = [];
  const rows = rowsOf(text.replace(/^\uFEFF/, ""), problems);
  const [first, ...others] = rows;
  if (first === undefined) return { lines: [], problems, unreadColumns: [] };
  const names = first.cells.map((cell) => cell.trim().toLowerCase());
  if (!names.includes("symbol")) {
    const complaint = missingHeading(first, names);
    if (complaint) return { lines: [], problems: [...problems, complaint], unreadColumns: [] };
    return { lines: plainLines(rows, problems), problems, unreadColumns: [] };
  }
  const repeated = names.find((name, index) => name !== "" && names.indexOf(name) !== index);
  if (repeated !== undefined)
    problems.push({
      line: first.line,
      value: repeated,
      problem: "is a column twice",
      remedy: "Keep one of them.",
    });
  const lines = others.flatMap((row) => listingLine(row, names, problems));
  const unreadColumns = names.filter((name) => name !== "" && !(universeColumns as readonly string[]).includes(name));
  return { lines, problems, unreadColumns };
}

function rowsOf(text: string, problems: UniverseProblem[]): Row[] {
  const rows: Row[] = [];
  const options = {
    relax_column_count: true,
    skip_empty_lines: true,
    comment: "#",
    comment_no_infix: true,
    info: true,
  };
  try {
    const parsed = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
    for (const { record, info } of parsed) {
      // `lines` is where the record ends; a quoted cell may hold line feeds.
      const inside = record.reduce((sum, cell) => sum + (cell.match(/\n/g)?.length ?? 0), 0);
      const isComment = record[0]?.trim().startsWith("#") ?? false;
      if (!isComment && record.some((cell) => cell.trim() !== ""))
        rows.push({ line: info.lines - inside, cells: record });
    }
  } catch (error) {
    const line = (error as { lines?: number }).lines ?? 0;
    const value = text.split(/\r?\n/)[line - 1] ?? "";
    problems.push({
      line,
      value,
      problem: `is not valid CSV: ${messageOf(error)}`,
      remedy: 'Double quotes inside of quotes: "The ""A"" share".',
    });
  }
  return rows;
}

/** A heading that has no `symbol`: better said than taken for a symbol. */
function missingHeading({ line, cells }: Row, names: readonly string[]): UniverseProblem | undefined {
  const known = names.filter((name) => name !== "not" && (universeColumns as readonly string[]).includes(name));
  const value = cells.join(",");
  if (names.length === 1 && /[;\t]/.test(value) && /symbol/i.test(value))
    return {
      line,
      value,
      problem: "is a heading whose columns are not parted by commas",
      remedy: "Part them by commas.",
    };
  if (known.length === 0 && !names.some((name) => otherSymbolNames.has(name))) return undefined;
  return {
    line,
    value,
    problem: "is a heading without a column symbol",
    remedy: "Call the column of the symbols symbol.",
  };
}

/** Without a heading the first column has the symbols. */
function plainLines(rows: readonly Row[], problems: UniverseProblem[]): ListingLine[] {
  return rows.flatMap(({ line, cells }) => {
    const symbol = symbolOf(cells[0] ?? "", complaining(line, problems));
    return symbol === undefined ? [] : [{ line, listing: { symbol, aliases: [], not: [], formerly: [] } }];
  });
}

const complaining =
  (line: number, problems: UniverseProblem[]): Complain =>
  (value, problem, remedy) =>
    void problems.push({ line, value, problem, remedy });

/** A comment may follow the symbol. */
function symbolOf(cell: string, complain: Complain): string | undefined {
  const raw = cell.replace(/\s*#.*$/, "");
  const symbol = normalSymbol(raw);
  if (isWellFormedSymbol(symbol)) return symbol;
  complain(raw, `is no symbol: it ${symbolFault(raw) ?? ""}`, "Correct the symbol.");
  return undefined;
}

function listingLine({ line, cells }: Row, names: readonly string[], problems: UniverseProblem[]): ListingLine[] {
  const complain = complaining(line, problems);
  const surplus = cells.slice(names.length).filter((cell) => cell.trim() !== "");
  if (surplus.length > 0) {
    complain(
      cells.join(","),
      `has ${cells.length} cells; the heading has ${names.length}`,
      'Put a cell that holds commas into quotes: "Tesla, Inc.".',
    );
    return [];
  }
  const cell = (name: Column): string => (cells[names.indexOf(name)] ?? "").trim();
  const list = (name: Column): string[] =>
    cell(name)
      .split(/[|;]/)
      .map((item) => item.trim())
      .filter((item) => item !== "");
  const symbol = symbolOf(cell("symbol"), complain);
  const exchange = exchangeOf(cell("exchange"), complain);
  const currency = currencyOf(cell("currency"), complain);
  const formerly = parseFormerly(cell("formerly"), complain);
  const texts = [cell("name"), ...list("aliases")];
  for (const text of texts.filter((item) => item.length > 200 || /[\u0000-\u001f\u007f]/.test(item)))
    complain(text, "is no name: it is too long, or holds control characters", "Correct the name.");
  if (symbol === undefined) return [];
  const name = texts[0] === "" ? undefined : texts[0];
  return [
    { line, listing: { symbol, name, aliases: list("aliases"), not: list("not"), exchange, currency, formerly } },
  ];
}

/** Names by which exchanges are also known, for the remedy. */
const usualNames: Readonly<Record<string, string>> = {
  AMS: "XAMS",
  ASX: "XASX",
  BSE: "XBOM",
  CRYPTO: "24/7",
  EURONEXT: "XPAR",
  FOREX: "24/5",
  FX: "24/5",
  HKEX: "XHKG",
  LSE: "XLON",
  NASDAQ: "XNAS",
  NMS: "XNAS",
  NYQ: "XNYS",
  NYSE: "XNYS",
  SIX: "XSWX",
  SSE: "XSHG",
  TSE: "XTKS",
  TSX: "XTSE",
  XETRA: "XETR",
};

function exchangeOf(raw: string, complain: Complain): string | undefined {
  if (raw === "") return undefined;
  const names = calendarNames();
  // Calendars of one's own may have names in small letters.
  const exchange = hasCalendar(raw) ? raw : raw.toUpperCase();
  if (hasCalendar(exchange)) return exchange;
  const usual = usualNames[exchange];
  const meant = usual === undefined ? "" : `It may be ${usual}. `;
  complain(
    raw,
    "is no exchange that there is a calendar of",
    `${meant}Give its MIC, one of ${names.join(", ")}; or leave it empty for XNYS.`,
  );
  return undefined;
}

function currencyOf(raw: string, complain: Complain): string | undefined {
  if (raw === "") return undefined;
  if (/^[A-Za-z]{3,5}$/.test(raw)) return raw;
  complain(raw, "is no currency", "Give its code, like USD, or leave it empty.");
  return undefined;
}
