/**
 * A series of bars, folded into a small core, whose last five bars can still be corrected.
 *
 * `current` is the core after every bar; `base` the core before the bars in `recent`. A corrected bar (the time of one
 * of them, other content, hence another id) or one that was missing among them is put in its place, and `current` is
 * folded anew from `base`. What was published before stays as it is.
 */
import type { Bar, KeptBar } from "../../schemas/generated/types.js";
import { keptBars, placeBar } from "./place-bar.js";

export interface RevisableSeries<Core> {
  readonly base: Core;
  /** Oldest first; at most `keptBars`. */
  readonly recent: KeptBar[];
  readonly current: Core;
}

/** Takes one more bar into the core; gives a new core. */
export type Step<Core> = (core: Core, bar: KeptBar) => Core;

/** @returns the series with the bar, or why it is as it was: seen before, or older than what can be corrected */
export function readBar<Core>(
  series: RevisableSeries<Core>,
  bar: Readonly<Bar>,
  step: Step<Core>,
): RevisableSeries<Core> | "duplicate" | "too old" {
  const { base, recent, current } = series;
  const placed = placeBar(recent, bar);
  switch (placed.kind) {
    case "duplicate":
    case "too old":
      return placed.kind;
    case "append":
      return { ...settle(base, [...recent, placed.bar], step), current: step(current, placed.bar) };
    case "replace":
      return refold(base, recent.with(placed.index, placed.bar), step);
    case "insert": {
      const settled = settle(base, recent.toSpliced(placed.index, 0, placed.bar), step);
      return refold(settled.base, settled.recent, step);
    }
  }
}

/** Takes the oldest bar into the base when there are more than can be kept. */
function settle<Core>(base: Core, recent: KeptBar[], step: Step<Core>): { base: Core; recent: KeptBar[] } {
  const [oldest, ...kept] = recent;
  return oldest === undefined || recent.length <= keptBars
    ? { base, recent }
    : { base: step(base, oldest), recent: kept };
}

/** The core after the last bar at or before `time`; undefined when that lies too far back. */
export function coreAt<Core>(series: RevisableSeries<Core>, time: number, step: Step<Core>): Core | undefined {
  const { base, recent, current } = series;
  const last = recent.findLastIndex((bar) => bar.time <= time);
  if (last === recent.length - 1) return current;
  return last === -1 ? undefined : recent.slice(0, last + 1).reduce(step, base);
}

function refold<Core>(base: Core, recent: KeptBar[], step: Step<Core>): RevisableSeries<Core> {
  return { base, recent, current: recent.reduce(step, base) };
}
