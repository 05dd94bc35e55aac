/**
 * Under which names the fields of a record stand in files: our own, those of the usual providers, and those that the user
 * names. Upper and lower case, blanks, underscores, dots and brackets make no difference: `Adj Close` is `adj_close`.
 */
import { UserError } from "../runtime/errors.js";
import type { IngestKind } from "./outcome.js";

/** Field → column, as the user gives it with `--map`; an empty column leaves the field out. */
export type ColumnMap = Readonly<Record<string, string>>;

/** Other names of each field, the preferred ones first, without blanks and the like. One letter stands for itself alone. */
const otherNames: Record<IngestKind, Readonly<Record<string, readonly string[]>>> = {
  news: {
    id: ["articleid", "newsid", "storyid", "uuid", "guid"],
    published_at: [
      ...["publishedat", "published", "publishedutc", "publisheddate", "publishdate", "publicationdate", "pubdate"],
      ...["datepublished", "timepublished", "providerpublishtime", "createdat", "created", "datetime", "timestamp"],
    ],
    date: [],
    time: [],
    zone: ["timezone", "tz"],
    symbols: [
      ...["tickers", "ticker", "stocks", "stock", "related", "relatedtickers", "stocksymbols", "stocksymbol"],
      "tickersentiment",
    ],
    symbol: [],
    headline: ["title"],
    source: ["publisher", "provider", "sourcename"],
    url: ["link", "articleurl", "newsurl", "storyurl"],
  },
  bars: {
    symbol: ["ticker", "tickersymbol", "sym", "stock", "stocksymbol", "instrument", "S", "s", "T"],
    date: ["day", "tradedate", "tradingdate", "tradingday", "sessiondate", "formatteddate"],
    time: [],
    timestamp: ["datetime", "unix", "unixtime", "unixtimestamp", "epoch", "ts", "dt"],
    open_time: ["opentime", "windowstart", "barstart", "starttime", "start", "begin", "beginsat", "t"],
    close_time: ["closetime", "windowend", "barend", "endtime", "end"],
    zone: ["timezone", "tz"],
    interval: ["timeframe", "resolution", "barsize", "period", "per"],
    open: ["openprice", "o"],
    high: ["highprice", "h"],
    low: ["lowprice", "l"],
    close: ["closeprice", "closelast", "c"],
    volume: ["vol", "v"],
    adj_close: ["adjclose", "adjustedclose", "closeadj", "closeadjusted", "adjcloseprice", "adjustedcloseprice"],
    split: ["splits", "stocksplits", "stocksplit", "splitfactor", "splitratio", "splitcoefficient"],
    dividend: ["dividends", "divcash", "dividendamount", "cashdividend", "cashdividends", "exdividend", "div"],
    dividend_factor: ["dividendfactor"],
  },
};

/** Fields that another one makes superfluous: two statements of one time would have to be compared. */
const superseded: Record<IngestKind, readonly (readonly [by: string, fields: readonly string[]])[]> = {
  news: [["published_at", ["date", "time"]]],
  bars: [
    ["close_time", ["date", "time", "timestamp"]],
    ["open_time", ["date", "time", "timestamp"]],
    ["time", ["timestamp"]],
  ],
};

/** Names that a field of a kind may have, for the documentation and the tests. */
export const columnNames = (kind: IngestKind): Readonly<Record<string, readonly string[]>> => otherNames[kind];

/** A name without what providers write differently: `<ADJ_CLOSE>`, `Adj. Close` and `5. adjusted close` lose it. */
export function plainName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/^\d+\.\s+/, "")
    .replace(/[\s_.<>()[\]/-]/g, "");
}

/** Which field each column is; undefined for one that is not read. */
export type ColumnPlan = readonly (string | undefined)[];

/**
 * @param names columns of a header, or keys of an object
 * @param map the user's own names
 */
export function planColumns(names: readonly string[], kind: IngestKind, map: ColumnMap = {}): ColumnPlan {
  const plan: (string | undefined)[] = names.map(() => undefined);
  const taken = new Set<string>();
  const assign = (field: string, at: number): void => {
    if (at < 0 || taken.has(field)) return;
    plan[at] = field;
    taken.add(field);
  };
  for (const [field, column] of Object.entries(map)) {
    if (column === "") taken.add(field);
    else assign(field, columnAt(names, column));
  }
  const trimmed = names.map((name) => name.trim().toLowerCase());
  const plain = names.map((name) => (name.trim().length === 1 ? name.trim() : plainName(name)));
  const free = (list: readonly string[], name: string): number =>
    list.findIndex((one, at) => one === name && plan[at] === undefined);
  const fields = Object.entries(otherNames[kind]);
  for (const [field] of fields) assign(field, free(trimmed, field));
  if (kind === "news" && taken.has("symbol")) taken.add("symbols");
  for (const [field, others] of fields) {
    for (const other of [plainName(field), ...others]) assign(field, free(plain, other));
  }
  for (const [by, fields] of superseded[kind]) {
    if (!plan.includes(by)) continue;
    for (const [at, field] of plan.entries()) if (field !== undefined && fields.includes(field)) plan[at] = undefined;
  }
  return plan;
}

function columnAt(names: readonly string[], column: string): number {
  const exact = names.findIndex((name) => name.trim() === column.trim());
  return exact >= 0 ? exact : names.findIndex((name) => plainName(name) === plainName(column));
}

/** @throws UserError when a column that the user names is not there */
export function refuseAbsentColumns(names: readonly string[], kind: IngestKind, map: ColumnMap = {}): void {
  for (const [field, column] of Object.entries(map)) {
    if (column === "" || !Object.hasOwn(otherNames[kind], field) || columnAt(names, column) >= 0) continue;
    // Both kinds have a symbol: one map is for the two files of a command.
    if (field === "symbol" || field === "zone") continue;
    throw new UserError(
      `--map ${field}=${column}: the file has no column ${JSON.stringify(column.slice(0, 40))}`,
      `Its columns are ${names.map((name) => JSON.stringify(name.trim().slice(0, 40))).join(", ")}.`,
    );
  }
}

/**
 * Reads `field=column,field=column`.
 *
 * @throws UserError for another form, or a field that no record has
 */
export function parseColumnMap(text: string): ColumnMap {
  const map: Record<string, string> = {};
  for (const part of text.split(",")) {
    const at = part.indexOf("=");
    const field = part.slice(0, Math.max(at, 0)).trim().toLowerCase();
    const known = Object.values(otherNames).some((names) => Object.hasOwn(names, field));
    if (at < 0 || !known) {
      const fields = [...new Set(Object.values(otherNames).flatMap((names) => Object.keys(names)))];
      throw new UserError(
        `--map ${JSON.stringify(part)} is not like published_at=datetime`,
        `Write FIELD=COLUMN, parted by commas; FIELD= leaves a column out. Fields: ${fields.join(", ")}.`,
      );
    }
    map[field] = part.slice(at + 1).trim();
  }
  return map;
}

/** Names of what was not read are kept up to this many: objects may have any keys. */
const mostNames = 200;

/** What is to be said of a file's columns: those that are not read, each named once. */
export class ColumnNotes {
  readonly #unread = new Set<string>();
  #countsActions = false;

  note(names: readonly string[], plan: ColumnPlan): void {
    for (const [at, name] of names.entries()) {
      const isNamed = plan[at] === undefined && name.trim() !== "-";
      if (isNamed && this.#unread.size < mostNames) this.#unread.add(name.trim() || "(without a name)");
    }
    const isYahoos = names.some((name) => plainName(name) === "stocksplits") && !plan.includes("adj_close");
    this.#countsActions ||= isYahoos;
  }

  unread(): string[] {
    return [...this.#unread];
  }

  /** Splits and dividends beside prices of which it cannot be seen whether they hold them. */
  get countsActions(): boolean {
    return this.#countsActions;
  }
}

/** Turns the objects of JSON lines into fields; objects with the keys of the one before cost next to nothing. */
export class KeyReader {
  #keys: readonly string[] = [];
  #plan: ColumnPlan = [];
  #isPlain = true;

  constructor(
    private readonly kind: IngestKind,
    private readonly map: ColumnMap,
    private readonly notes: ColumnNotes,
  ) {}

  fieldsOf(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const keys = Object.keys(object);
    if (!this.#areKnown(keys)) this.#learn(keys);
    if (this.#isPlain) return object;
    const fields: Record<string, unknown> = {};
    for (const [at, field] of this.#plan.entries()) if (field !== undefined) fields[field] = object[keys[at] ?? ""];
    return fields;
  }

  #areKnown(keys: readonly string[]): boolean {
    if (keys.length !== this.#keys.length) return false;
    for (let at = 0; at < keys.length; at++) if (keys[at] !== this.#keys[at]) return false;
    return true;
  }

  #learn(keys: readonly string[]): void {
    this.#keys = keys;
    this.#plan = planColumns(keys, this.kind, this.map);
    this.#isPlain = this.#plan.every((field, at) => field === keys[at]);
    this.notes.note(keys, this.#plan);
  }
}
