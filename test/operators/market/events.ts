import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { market } from "../../../operators/market/market.js";
import type { Input, Outcome } from "../../../operators/operator.js";
import type { Bar, MarketContext, MarketState } from "../../../schemas/generated/types.js";
import { bundledSlice } from "../../../schemas/files.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { bar, services } from "../../helpers/records.js";

export type MarketEvent = Input<"market.bars">;

export const barEvent = (record: Bar): MarketEvent => ({ topic: "market.bars", record });

/** Real daily bars of all symbols between two dates (inclusive), day by day, as a backfill merges them. */
export function sliceBars(from: string, to: string): Bar[] {
  const [, ...lines] = gunzipSync(readFileSync(bundledSlice.bars)).toString().trim().split("\n");
  const bars = lines.flatMap((line) => {
    const [symbol = "", date = "", ...cells] = line.split(",");
    if (date < from || date > to) return [];
    const [open = NaN, high = NaN, low = NaN, close = NaN, adjusted = NaN, volume = NaN] = cells.map(Number);
    const eventTime = services.calendar.session(date)?.close ?? NaN;
    return [bar({ symbol, eventTime, open, high, low, close, volume, adjustment: adjusted / close })];
  });
  return bars.sort((a, b) => a.eventTime - b.eventTime);
}

/** Runs the bars in batches of a size, each committed. */
export function run(bars: readonly Bar[], state = new MemoryState<MarketState>(), batchSize = Infinity) {
  const outcomes: Outcome<"market.context">[] = [];
  const size = Math.min(batchSize, Math.max(1, bars.length));
  for (let start = 0; start < bars.length; start += size) {
    outcomes.push(...market.process(bars.slice(start, start + size).map(barEvent), state, services));
    state.commit();
  }
  return outcomes;
}

export const contextsOf = (outcomes: readonly Outcome<"market.context">[]): MarketContext[] =>
  outcomes.flatMap((outcome) => (outcome.kind === "emit" ? outcome.records.map(({ record }) => record) : []));

export const kinds = (outcomes: readonly Outcome<"market.context">[]): string[] => outcomes.map(({ kind }) => kind);
