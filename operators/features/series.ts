/**
 * The bars of one symbol and interval: a window of settled bars, at most five that can still be corrected, and the memory
 * of the recursive indicators before and after those.
 *
 * A corrected bar, or one that was missing, is put in its place and the memory folded anew from the settled bars; vectors
 * published before stay as they are.
 */
import type { Bar, FeaturesSeries, KeptBar, SettledWindow } from "../../schemas/generated/types.js";
import { adjusted } from "../series/adjusted-bar.js";
import { keptBars, placeBar } from "../series/place-bar.js";
import { memory, windowBars, windowCloses } from "./layout.js";
import { emptyMemory, stepMemory } from "./memory.js";
import { slide } from "./indicators/window.js";

const emptySeries: FeaturesSeries = {
  window: { opens: [], highs: [], lows: [], closes: [], volumes: [] },
  base: [...emptyMemory],
  recent: [],
  markets: [],
  current: [...emptyMemory],
};

/** Known mean return of the market at a time; null when it is not known. */
export type MarketReturnAt = (time: number | undefined) => number | null;

/** @returns the series with the bar, or why it stays as it was */
export function takeBar(
  series: Readonly<FeaturesSeries> | null,
  bar: Readonly<Bar>,
  marketReturnAt: MarketReturnAt,
): FeaturesSeries | "duplicate" | "too old" {
  const known = series ?? emptySeries;
  const placed = placeBar(known.recent, bar);
  switch (placed.kind) {
    case "duplicate":
    case "too old":
      return placed.kind;
    case "append": {
      const market = marketReturnAt(known.recent.at(-1)?.time);
      const recent = [...known.recent, placed.bar];
      const settled = settle(known, recent, [...known.markets, market]);
      return { ...settled, current: stepMemory(known.current, placed.bar, market) };
    }
    case "replace":
      return refold({ ...known, recent: known.recent.with(placed.index, placed.bar) });
    case "insert": {
      const market = marketReturnAt(known.recent[placed.index - 1]?.time);
      const recent = known.recent.toSpliced(placed.index, 0, placed.bar);
      return refold(settle(known, recent, known.markets.toSpliced(placed.index, 0, market)));
    }
  }
}

/** Takes the oldest bar into the settled ones when there are more than can be kept. */
function settle(series: FeaturesSeries, recent: KeptBar[], markets: (number | null)[]): FeaturesSeries {
  const [oldest] = recent;
  if (oldest === undefined || recent.length <= keptBars) return { ...series, recent, markets };
  const base = stepMemory(series.base, oldest, markets[0] ?? null);
  const { open, high, low, close, volume } = adjusted(
    oldest,
    base[memory.priceFactor] ?? 1,
    base[memory.volumeFactor] ?? 1,
  );
  const { opens, highs, lows, closes, volumes } = series.window;
  const window: SettledWindow = {
    opens: slide(opens, open, windowBars - keptBars),
    highs: slide(highs, high, windowBars - keptBars),
    lows: slide(lows, low, windowBars - keptBars),
    closes: slide(closes, close, windowCloses - keptBars),
    volumes: slide(volumes, volume, windowBars - keptBars),
  };
  return { window, base, recent: recent.slice(1), markets: markets.slice(1), current: series.current };
}

function refold(series: FeaturesSeries): FeaturesSeries {
  const { base, recent, markets } = series;
  return {
    ...series,
    current: recent.reduce((known, bar, index) => stepMemory(known, bar, markets[index] ?? null), base),
  };
}
