/**
 * What one would notice late: before anything is sent, files of news and bars are read as they would be sent, and held
 * against the universe, its calendars and each other. Memory is bounded by the number of symbols, not by that of the lines.
 */
import type { Bar, NewsArticle } from "../../../../schemas/generated/types.js";
import { MapOfTwo } from "../../columns.js";
import { openInput } from "../../input.js";
import { FileNotes } from "../../notes.js";
import type { IngestKind, Rejection } from "../../outcome.js";
import { readOutcomes, type ReadOptions } from "../../read.js";
import { Tally, type IngestSummary } from "../../summary.js";
import { WithoutExchange, type Foreign } from "../foreign.js";
import type { Universe } from "../universe.js";
import { alike, Spellings, type Spelling } from "./spellings.js";
import { Series, type Jump, type MissingDays } from "./series.js";

/** Symbols that are looked at; a file with more is no file of a universe. */
const mostSymbols = 200_000;
/** Sessions without a bar at the end, while others go on, after which a symbol is stale. */
const staleSessions = 5;

export interface CheckOptions {
  readonly universe: Universe;
  readonly news: readonly string[];
  readonly bars: readonly string[];
  /** The clock, ms since 1970. */
  readonly now: () => number;
  /** How the files of each kind are read. */
  readonly readNews?: Partial<ReadOptions<"news">> | undefined;
  readonly readBars?: Partial<ReadOptions<"bars">> | undefined;
  /** Called with each refused line. */
  readonly onRejected?: ((file: string, rejection: Rejection) => void) | undefined;
}

export interface CheckedFile {
  readonly kind: IngestKind;
  readonly file: string;
  readonly summary: IngestSummary;
  /** Why it begins with the newest record, where it does: bars are refused then, news unless they are sent as they come. */
  readonly newestFirst?: string | undefined;
}

export interface CheckReport {
  readonly files: readonly CheckedFile[];
  readonly symbols: number;
  /** Symbols with articles and without bars, by their articles. */
  readonly newsWithoutBars: readonly { readonly symbol: string; readonly articles: number }[];
  readonly barsWithoutNews: readonly { readonly symbol: string; readonly bars: number }[];
  /** Listings of the universe with neither. */
  readonly neither: readonly string[];
  readonly unknown: readonly Spelling[];
  readonly spellings: readonly Spelling[];
  /** Symbols of other exchanges, by their form, that go by New York as nobody says their exchange. */
  readonly withoutExchange: readonly Foreign[];
  /** Symbols that may be one. */
  readonly alike: readonly (readonly string[])[];
  readonly missingDays: readonly ({ readonly symbol: string } & MissingDays)[];
  readonly jumps: readonly {
    readonly symbol: string;
    readonly interval: string;
    readonly count: number;
    readonly first: readonly Jump[];
  }[];
  /** Symbols whose bars end while others' go on, with the sessions between. */
  readonly stale: readonly { readonly symbol: string; readonly last: string; readonly sessions: number }[];
  /** Questions after the bounds were reached; 0 means that everything was looked at. */
  readonly notLookedAt: number;
}

/** @throws UserError for a file that cannot be read to its end */
export async function checkFiles(options: CheckOptions): Promise<CheckReport> {
  const check = new Check(options);
  for (const file of options.bars) await check.readFile("bars", file);
  for (const file of options.news) await check.readFile("news", file);
  check.mapOfTwo?.refuseAbsent();
  return check.report();
}

/** Whether something was refused, or a symbol not known. */
export const hasFaults = ({ files, unknown }: CheckReport): boolean =>
  unknown.length > 0 ||
  files.some(
    ({ kind, summary, newestFirst }) => summary.rejected > 0 || (kind === "bars" && newestFirst !== undefined),
  );

class Check {
  readonly #spellings = new Spellings();
  readonly #withoutExchange = new WithoutExchange();
  readonly mapOfTwo: MapOfTwo | undefined;
  readonly #files: CheckedFile[] = [];
  /** By symbol, then by interval. */
  readonly #series = new Map<string, Map<string, Series>>();
  readonly #articles = new Map<string, number>();
  #beyond = 0;

  constructor(private readonly options: CheckOptions) {
    this.mapOfTwo = options.news.length > 0 && options.bars.length > 0 ? new MapOfTwo() : undefined;
    for (const listing of options.universe.listings ?? []) this.#withoutExchange.note(listing);
  }

  async readFile(kind: IngestKind, file: string): Promise<void> {
    const notes = new FileNotes();
    const tally = new Tally(undefined, notes);
    const { now, onRejected } = this.options;
    const input = await openInput(file);
    try {
      for await (const outcomes of readOutcomes(input, this.#readOptions(kind, file), now, notes)) {
        for (const outcome of outcomes) {
          tally.add(outcome);
          if (outcome.outcome === "rejected") onRejected?.(file, outcome.rejection);
          if (outcome.outcome === "accepted") this.#note(outcome.record);
        }
      }
    } finally {
      await input.close();
    }
    this.#files.push({ kind, file, summary: tally.summary(), newestFirst: notes.newestFirst });
  }

  /** As ingest reads it, but for a file that it would refuse as a whole. */
  #readOptions(kind: IngestKind, input: string): ReadOptions {
    const { universe: symbols, readNews, readBars, now } = this.options;
    return {
      ...(kind === "news" ? readNews : readBars),
      ...{ input, kind, now, symbols, origin: "backfill", newestFirst: "note", mapOfTwo: this.mapOfTwo },
      onSymbol: (raw, found) => {
        this.#spellings.note(raw, found);
        this.#withoutExchange.note(found);
      },
    };
  }

  #note(record: Bar | NewsArticle): void {
    if ("interval" in record) this.#seriesOf(record)?.note(record);
    else for (const symbol of record.symbols) this.#noteArticle(symbol);
  }

  #noteArticle(symbol: string): void {
    const count = this.#articles.get(symbol);
    if (count === undefined && this.#articles.size >= mostSymbols) this.#beyond += 1;
    else this.#articles.set(symbol, (count ?? 0) + 1);
  }

  #seriesOf({ symbol, interval }: Bar): Series | undefined {
    let intervals = this.#series.get(symbol);
    if (intervals === undefined) {
      if (this.#series.size >= mostSymbols) {
        this.#beyond += 1;
        return undefined;
      }
      this.#series.set(symbol, (intervals = new Map<string, Series>()));
    }
    let series = intervals.get(interval);
    if (series === undefined) intervals.set(interval, (series = new Series(this.options.universe.calendarOf(symbol))));
    return series;
  }

  report(): CheckReport {
    const listed = this.options.universe.listings?.map(({ symbol }) => symbol);
    const met = new Set([...this.#series.keys(), ...this.#articles.keys()]);
    const { news, bars } = this.options;
    const areBoth = news.length > 0 && bars.length > 0;
    return {
      files: this.#files,
      symbols: listed?.length ?? met.size,
      newsWithoutBars: areBoth ? this.#newsWithoutBars() : [],
      barsWithoutNews: areBoth ? this.#barsWithoutNews() : [],
      neither: this.#files.length === 0 ? [] : (listed ?? []).filter((symbol) => !met.has(symbol)),
      unknown: this.#spellings.unknown(),
      spellings: this.#spellings.unusual(),
      withoutExchange: this.#withoutExchange.all,
      alike: alike(new Set([...(listed ?? []), ...met])),
      ...this.#ofSeries(),
      notLookedAt: this.#beyond + this.#spellings.uncounted,
    };
  }

  #newsWithoutBars(): CheckReport["newsWithoutBars"] {
    return [...this.#articles]
      .filter(([symbol]) => !this.#series.has(symbol))
      .map(([symbol, articles]) => ({ symbol, articles }))
      .sort((one, other) => other.articles - one.articles);
  }

  #barsWithoutNews(): CheckReport["barsWithoutNews"] {
    return [...this.#series]
      .filter(([symbol]) => !this.#articles.has(symbol))
      .map(([symbol, intervals]) => ({ symbol, bars: sum([...intervals.values()].map((series) => series.bars)) }))
      .sort((one, other) => other.bars - one.bars);
  }

  #ofSeries(): Pick<CheckReport, "missingDays" | "jumps" | "stale"> {
    const all = [...this.#series].flatMap(([symbol, intervals]) =>
      [...intervals].map(([interval, series]) => ({ symbol, interval, series })),
    );
    const newest = all.reduce((latest, { series }) => Math.max(latest, series.last), -Infinity);
    return {
      missingDays: all
        .map(({ symbol, series }) => ({ symbol, ...series.missingDays() }))
        .filter(({ count }) => count > 0)
        .sort((one, other) => other.count - one.count),
      jumps: all
        .filter(({ series }) => series.jumps > 0)
        .map(({ symbol, interval, series }) => ({ symbol, interval, count: series.jumps, first: series.firstJumps })),
      stale: all
        .map(({ symbol, series }) => ({
          symbol,
          last: new Date(series.last).toISOString(),
          sessions: series.sessionsUntil(newest),
        }))
        .filter(({ sessions }) => sessions > staleSessions)
        .sort((one, other) => other.sessions - one.sessions),
    };
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
