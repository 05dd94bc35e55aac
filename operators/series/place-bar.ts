import type { Bar, KeptBar } from "../../schemas/generated/types.js";

/** Bars that can be corrected. */
export const keptBars = 5;

/** Ids of replaced versions of one bar that are remembered, so that their return is recognised as a duplicate. */
const keptVersions = 4;

/** What a bar does to the last bars of its series. */
export type Placed =
  /** It follows the last one. */
  | { readonly kind: "append"; readonly bar: KeptBar }
  /** It is another version of the one at `index`. */
  | { readonly kind: "replace"; readonly index: number; readonly bar: KeptBar }
  /** It was missing before the one at `index`. */
  | { readonly kind: "insert"; readonly index: number; readonly bar: KeptBar }
  /** This version was seen before. */
  | { readonly kind: "duplicate" }
  /** It lies before everything that can still be corrected. */
  | { readonly kind: "too old" };

/** @param recent the last bars of the series, oldest first; at most `keptBars` */
export function placeBar(recent: readonly KeptBar[], bar: Readonly<Bar>): Placed {
  const last = recent.at(-1);
  if (last === undefined || bar.eventTime > last.time) return { kind: "append", bar: keep(bar, []) };
  const place = recent.findLastIndex(({ time }) => time <= bar.eventTime);
  const before = recent[place];
  if (before?.time === bar.eventTime) {
    if (before.id === bar.id || before.superseded.includes(bar.id)) return { kind: "duplicate" };
    const superseded = [...before.superseded, before.id].slice(-keptVersions);
    return { kind: "replace", index: place, bar: keep(bar, superseded) };
  }
  if (before === undefined && recent.length === keptBars) return { kind: "too old" };
  return { kind: "insert", index: place + 1, bar: keep(bar, []) };
}

function keep(bar: Readonly<Bar>, superseded: string[]): KeptBar {
  const { id, eventTime, availableAt, open, high, low, close, volume, adjustment, split, dividendFactor } = bar;
  const prices = { open, high, low, close, volume, adjustment };
  return { id, time: eventTime, availableAt, ...prices, superseded, split, dividendFactor };
}
