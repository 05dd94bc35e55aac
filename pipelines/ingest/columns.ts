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
 * @param map the user's own names; no other name takes their place, nor that of a time that they give
 * @param isKept whether a field of the map stays empty where its column is absent; default: it is looked for under its other names
 */
export function planColumns(
  names: readonly string[],
  kind: IngestKind,
  map: ColumnMap = {},
  isKept: (field: string) => boolean = () => false,
): ColumnPlan {
  const plan: (string | undefined)[] = names.map(() => undefined);
  const taken = new Set<string>();
  const assign = (field: string, at: number): void => {
    if (at < 0 || taken.has(field)) return;
    plan[at] = field;
    taken.add(field);
  };
  for (const [field, column] of Object.entries(map)) {
    const at = column === "" ? -1 : columnAt(names, column);
    if (at >= 0) assign(field, at);
    else if (column === "" || isKept(field)) taken.add(field);
  }
  const mapped = new Set(plan.filter((field) => field !== undefined));
  if (kind === "news" && mapped.has("symbol")) taken.add("symbols");
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
    const isSuperfluous = !mapped.has(by) && fields.some((field) => mapped.has(field));
    const dropped = isSuperfluous ? [by] : fields;
    for (const [at, field] of plan.entries()) if (field !== undefined && dropped.includes(field)) plan[at] = undefined;
  }
  return plan;
}

function columnAt(names: readonly string[], column: string): number {
  const exact = names.findIndex((name) => name.trim() === column.trim());
  return exact >= 0 ? exact : names.findIndex((name) => plainName(name) === plainName(column));
}

/** Whether news and bars have a field of this name. */
const isOfBoth = (field: string): boolean =>
  Object.values(otherNames).every((names: Readonly<Record<string, unknown>>) => Object.hasOwn(names, field));

const listed = (names: readonly string[]): string =>
  names.map((name) => JSON.stringify(name.trim().slice(0, 40))).join(", ");

/**
 * One map for the news and the bars of a command. The column of a field that both kinds have may be in the files of one kind
 * alone: only once all are read can it be said that it is nowhere.
 */
export class MapOfTwo {
  readonly #met = new Set<string>();
  readonly #absent = new Map<string, { readonly column: string; readonly names: Set<string> }>();

  meet(field: string): void {
    this.#met.add(field);
  }

  /** @param names what the file has instead */
  miss(field: string, column: string, names: readonly string[]): void {
    const before = this.#absent.get(field)?.names ?? [];
    this.#absent.set(field, { column, names: new Set([...before, ...names]) });
  }

  /**
   * To be called when all files are read, and before any of it is used.
   *
   * @throws UserError for a column that was in none of them
   */
  refuseAbsent(): void {
    for (const [field, { column, names }] of this.#absent) {
      if (this.#met.has(field)) continue;
      throw new UserError(
        `--map ${field}=${column}: no file has a column ${JSON.stringify(column.slice(0, 40))}`,
        `Their columns are ${listed([...names])}.`,
      );
    }
  }
}

/** The columns of a map that a file of a kind has to have. */
const neededOf = (map: ColumnMap, kind: IngestKind): (readonly [field: string, column: string])[] =>
  Object.entries(map).filter(([field, column]) => column !== "" && Object.hasOwn(otherNames[kind], field));

/** @param names columns of the file. @throws UserError where the field's is not among them, and is not looked for in others */
function refuseAbsentColumn(
  [field, column]: readonly [string, string],
  names: readonly string[],
  word: "column" | "key",
  ofTwo: MapOfTwo | undefined,
): void {
  if (ofTwo !== undefined && isOfBoth(field)) return ofTwo.miss(field, column, names);
  throw new UserError(
    `--map ${field}=${column}: the file has no ${word} ${JSON.stringify(column.slice(0, 40))}`,
    `Its ${word}s are ${listed(names)}.`,
  );
}

/**
 * @param ofTwo where the map is for files of both kinds
 * @throws UserError when a column that the user names is not there
 */
export function refuseAbsentColumns(
  names: readonly string[],
  kind: IngestKind,
  map: ColumnMap = {},
  ofTwo?: MapOfTwo,
): void {
  for (const needed of neededOf(map, kind)) {
    const [field, column] = needed;
    if (columnAt(names, column) >= 0) ofTwo?.meet(field);
    else refuseAbsentColumn(needed, names, "column", ofTwo);
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

/**
 * Turns the objects of JSON lines into fields; objects with the keys of the one before cost next to nothing. Objects may lack
 * what others have: that a file has no such key as the user names is judged by its first objects.
 */
export class KeyReader {
  #keys: readonly string[] = [];
  #plan: ColumnPlan = [];
  #isPlain = true;
  /** Fields of the map whose keys were in no object yet. */
  readonly #unmet: Map<string, string>;
  readonly #names = new Set<string>();
  /** Those that are for the other file of a command: here they have their other names. */
  #absent: ReadonlySet<string> = new Set();

  constructor(
    private readonly kind: IngestKind,
    private readonly map: ColumnMap,
    private readonly notes: ColumnNotes,
    private readonly ofTwo?: MapOfTwo,
  ) {
    this.#unmet = new Map(neededOf(map, kind));
  }

  /** Whether each key of the map was met, or may be absent. */
  get areKeysKnown(): boolean {
    return this.#unmet.size === 0;
  }

  /** Whether an object has a field, under whatever name. */
  hasField(object: Readonly<Record<string, unknown>>, field: string): boolean {
    return planColumns(Object.keys(object), this.kind, this.map).includes(field);
  }

  /** Looks for the keys of the map in an object. */
  meet(object: Readonly<Record<string, unknown>>): void {
    const keys = Object.keys(object);
    for (const key of keys) if (this.#names.size < mostNames) this.#names.add(key);
    for (const [field, column] of [...this.#unmet]) {
      if (columnAt(keys, column) < 0) continue;
      this.#unmet.delete(field);
      this.ofTwo?.meet(field);
    }
    // What was planned before knew less.
    this.#keys = [];
    this.#plan = [];
    this.#isPlain = true;
  }

  /** @throws UserError for a key of the map that was in none of the objects so far */
  refuseAbsent(): void {
    for (const needed of this.#unmet) refuseAbsentColumn(needed, [...this.#names], "key", this.ofTwo);
    this.#absent = new Set(this.#unmet.keys());
    this.#unmet.clear();
  }

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
    // An object without the key that the user names has nothing there: another name would be another thing.
    const isKept = (field: string): boolean => !this.#absent.has(field);
    this.#plan = planColumns(keys, this.kind, this.map, isKept);
    this.#isPlain = this.#plan.every((field, at) => field === keys[at]);
    this.notes.note(keys, this.#plan);
  }
}
