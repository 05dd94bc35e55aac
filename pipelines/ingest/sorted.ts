import { compareMergeKeys } from "../../operators/merge.js";
import { UserError } from "../runtime/errors.js";
import type { Bar, NewsArticle } from "../../schemas/generated/types.js";
import { openInput } from "./input.js";
import { FileNotes } from "./notes.js";
import type { IngestKind, IngestRecords, Rejection } from "./outcome.js";
import { readOutcomes, type ReadOptions } from "./read.js";
import { Tally, type IngestSummary } from "./summary.js";

/** A backfill is sorted in memory: two million records are about 1 GB. Cut larger histories into files by time. */
const maximumSortedRecords = 2_000_000;

export interface SortedRecords<Kind extends IngestKind> {
  /** By (availableAt, id). */
  readonly records: IngestRecords[Kind][];
  readonly summary: IngestSummary;
}

export interface SortedOptions<Kind extends IngestKind> extends Omit<ReadOptions<Kind>, "origin" | "newestFirst"> {
  readonly maximumRecords?: number | undefined;
  /** Called with each refused line. */
  readonly onRejected?: ((rejection: Rejection) => void) | undefined;
}

/**
 * Reads a whole file of history and sorts it by (availableAt, id): the order in which a live system would have known it,
 * whatever the order of the file.
 *
 * @throws UserError for an input that cannot be read to its end, or holds more records than allowed
 */
export async function readSorted<Kind extends IngestKind>(options: SortedOptions<Kind>): Promise<SortedRecords<Kind>> {
  const maximum = options.maximumRecords ?? maximumSortedRecords;
  const input = await openInput(options.input, options.stdin);
  const notes = new FileNotes();
  const tally = new Tally(undefined, notes);
  const records: IngestRecords[Kind][] = [];
  try {
    // Articles are taken one by one: their order in the file does not matter.
    const newestFirst = options.kind === "bars" ? ("sort" as const) : undefined;
    const read = { ...options, origin: "backfill" as const, newestFirst };
    for await (const outcomes of readOutcomes<Kind>(input, read, options.now, notes)) {
      for (const outcome of outcomes) {
        tally.add(outcome);
        if (outcome.outcome === "rejected") options.onRejected?.(outcome.rejection);
        if (outcome.outcome === "accepted") records.push(outcome.record);
      }
      if (records.length > maximum) {
        throw new UserError(
          `${input.name} holds more than ${maximum} records`,
          "Cut it into files by time, oldest first.",
        );
      }
    }
  } finally {
    await input.close();
  }
  return { records: records.sort(compareMergeKeys), summary: tally.summary() };
}

/** The news and the bars of one span of time. */
export interface Slice {
  readonly news: NewsArticle[];
  readonly bars: Bar[];
  /** Latest availableAt in it; every later slice lies after it. */
  readonly until: number;
}

/**
 * Cuts both into the same spans of time, so that a backfill can bring one span after the other through all stages and none
 * runs ahead of another input.
 *
 * @param news sorted by availableAt
 * @param bars sorted by availableAt
 * @param maximumRecords of both together in a slice; one moment is never cut, so a single one may hold more
 */
export function* slices(
  news: readonly NewsArticle[],
  bars: readonly Bar[],
  maximumRecords: number,
): Generator<Slice, void, undefined> {
  let newsFrom = 0;
  let barsFrom = 0;
  while (newsFrom < news.length || barsFrom < bars.length) {
    let newsTo = newsFrom;
    let barsTo = barsFrom;
    let until = -Infinity;
    for (;;) {
      const moment = Math.min(news[newsTo]?.availableAt ?? Infinity, bars[barsTo]?.availableAt ?? Infinity);
      if (moment === Infinity) break;
      const newsEnd = endOf(news, newsTo, moment);
      const barsEnd = endOf(bars, barsTo, moment);
      const size = newsEnd - newsFrom + (barsEnd - barsFrom);
      if (size > maximumRecords && until !== -Infinity) break;
      newsTo = newsEnd;
      barsTo = barsEnd;
      until = moment;
    }
    yield { news: news.slice(newsFrom, newsTo), bars: bars.slice(barsFrom, barsTo), until };
    newsFrom = newsTo;
    barsFrom = barsTo;
  }
}

/** Index after the last record of a moment. */
function endOf(records: readonly { readonly availableAt: number }[], from: number, moment: number): number {
  let to = from;
  while (records[to]?.availableAt === moment) to++;
  return to;
}
