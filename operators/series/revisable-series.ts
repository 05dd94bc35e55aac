/**
 * A series of bars, folded into a small core, whose last five bars can still be corrected.
 *
 * `current` is the core after every bar; `base` the core before the bars in `recent`. A corrected bar (the time of one
 * of them, other content, hence another id) or one that was missing among them is put in its place, and `current` is
 * folded anew from `base`. What was said before stays said.
 */
import type { Bar, KeptBar } from "../../schemas/generated/types.js";

/** Bars that can be corrected. */
export const keptBars = 5;

/** Ids of replaced versions of one bar that are remembered, so that their return is recognised as a duplicate. */
const keptVersions = 4;

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
  const { recent } = series;
  const last = recent.at(-1);
  if (last === undefined || bar.eventTime > last.time) return append(series, keep(bar, []), step);
  const place = recent.findLastIndex(({ time }) => time <= bar.eventTime);
  const before = recent[place];
  if (before?.time === bar.eventTime) {
    if (before.id === bar.id || before.superseded.includes(bar.id)) return "duplicate";
    const superseded = [...before.superseded, before.id].slice(-keptVersions);
    return refold(series.base, recent.with(place, keep(bar, superseded)), step);
  }
  if (before === undefined && recent.length === keptBars) return "too old";
  const bars = recent.toSpliced(place + 1, 0, keep(bar, []));
  const oldest = bars.length > keptBars ? bars.shift() : undefined;
  return refold(oldest === undefined ? series.base : step(series.base, oldest), bars, step);
}

function append<Core>(series: RevisableSeries<Core>, bar: KeptBar, step: Step<Core>): RevisableSeries<Core> {
  const { recent } = series;
  const [oldest] = recent;
  const current = step(series.current, bar);
  if (oldest === undefined || recent.length < keptBars) return { base: series.base, recent: [...recent, bar], current };
  return { base: step(series.base, oldest), recent: [...recent.slice(1), bar], current };
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

function keep(bar: Readonly<Bar>, superseded: string[]): KeptBar {
  const { id, eventTime, availableAt, open, high, low, close, volume, adjustment, split, dividendFactor } = bar;
  const prices = { open, high, low, close, volume, adjustment, split, dividendFactor };
  return { id, time: eventTime, availableAt, ...prices, superseded };
}
