import { Readable } from "node:stream";
import { openInput } from "../../../../pipelines/ingest/input.js";
import type { IngestKind, IngestRecords, LineOutcome } from "../../../../pipelines/ingest/outcome.js";
import { readOutcomes, type ReadOptions } from "../../../../pipelines/ingest/read.js";
import { bundledUniverse } from "../../../../pipelines/ingest/universe/index.js";

/** The clock of these tests: after the data, before the times that are meant to be in the future. */
export const clock = Date.parse("2016-01-01T00:00:00Z");

/** Outcomes of an input given as bytes, as if it came over standard input. */
export async function outcomesOf<Kind extends IngestKind>(
  kind: Kind,
  chunks: Buffer | string | readonly Buffer[],
  options: Partial<ReadOptions<Kind>> = {},
): Promise<LineOutcome<IngestRecords[Kind]>[]> {
  const pieces = Array.isArray(chunks) ? chunks : [Buffer.from(chunks as string)];
  const stdin = Readable.from(pieces.filter((piece: Buffer) => piece.length > 0));
  const input = await openInput("-", stdin);
  const all: LineOutcome<IngestRecords[Kind]>[] = [];
  const read = readOutcomes<Kind>(input, {
    input: "-",
    kind,
    origin: "backfill",
    now: () => clock,
    symbols: bundledUniverse,
    ...options,
  });
  for await (const outcomes of read) all.push(...outcomes);
  return all;
}

/** An outcome in a word: `accepted`, `duplicate`, `skipped` or the code of the rejection. */
export function verdict(outcome: LineOutcome<unknown>): string {
  return outcome.outcome === "rejected" ? outcome.rejection.code : outcome.outcome;
}

export function article(change: Record<string, unknown> = {}): string {
  return JSON.stringify({
    id: "a1",
    published_at: "2015-09-30T20:00:00Z",
    symbols: ["AAPL"],
    headline: "Apple is up $AAPL",
    ...change,
  });
}

export const barHeader = "symbol,date,open,high,low,close,adj_close,volume";

/** A daily bar as a CSV line; cells can be replaced by name. */
export function barLine(change: Record<string, string> = {}): string {
  const cells: Record<string, string> = {
    symbol: "AAPL",
    date: "2015-09-30",
    open: "110.1",
    high: "111.5",
    low: "108.7",
    close: "110.3",
    adj_close: "104.2",
    volume: "66473000",
    ...change,
  };
  return barHeader
    .split(",")
    .map((name) => cells[name] ?? "")
    .join(",");
}
