import { zoneOffset } from "../../calendar/time-zone.js";
import type { Feature } from "../feature.js";
import type { FeatureView } from "../view.js";

const day = 86_400_000;
const daysAWeek = 7;

/**
 * Where a moment lies in the exchange's local day and week. Each fraction f enters as sin(2πf) and cos(2πf), so that the
 * end of a day, or week, lies beside its beginning. Warm-up: none.
 *
 * @returns the fraction of the local day that has passed, and the fraction of the week (from Sunday) before that day
 */
function localTime(timeZone: string): (time: number) => { dayFraction: number; weekFraction: number } {
  const offset = zoneOffset(timeZone);
  return (time) => {
    const local = time + offset(time);
    const today = Math.floor(local / day);
    // Day 0, 1 January 1970, was a Thursday.
    const weekday = (((today + 4) % daysAWeek) + daysAWeek) % daysAWeek;
    return { dayFraction: (local - today * day) / day, weekFraction: weekday / daysAWeek };
  };
}

const zones = new Map<string, ReturnType<typeof localTime>>();

/** Time zones are few, and each keeps the offsets it has looked up. */
function localTimeOf({ calendar: { timeZone }, asOf }: FeatureView): { dayFraction: number; weekFraction: number } {
  let zone = zones.get(timeZone);
  if (zone === undefined) zones.set(timeZone, (zone = localTime(timeZone)));
  return zone(asOf);
}

const wave = (name: string, fraction: "dayFraction" | "weekFraction", turn: "sin" | "cos"): Feature => ({
  name,
  group: "calendar",
  parameters: {},
  version: 1,
  warmUp: 0,
  formula: `${turn}(2π · share of the local ${fraction === "dayFraction" ? "day" : "week"} that has passed)`,
  compute: (view) => Math[turn](2 * Math.PI * view.once(localTimeOf)[fraction]),
});

export const localTimeFeatures: readonly Feature[] = [
  wave("time-of-day-sin", "dayFraction", "sin"),
  wave("time-of-day-cos", "dayFraction", "cos"),
  wave("day-of-week-sin", "weekFraction", "sin"),
  wave("day-of-week-cos", "weekFraction", "cos"),
];
