import { zoneOffset } from "../../calendar/time-zone.js";
import type { Feature } from "../feature.js";

const day = 86_400_000;
const daysAWeek = 7;

/**
 * Where a moment lies in the exchange's local day and week. Each fraction f enters as sin(2πf) and cos(2πf), so that the
 * end of a day, or week, lies beside its beginning. Warm-up: none.
 *
 * @returns the fraction of the local day that has passed, and the fraction of the week (from Sunday) before that day
 */
export function localTime(timeZone: string): (time: number) => { dayFraction: number; weekFraction: number } {
  const offset = zoneOffset(timeZone);
  return (time) => {
    const local = time + offset(time);
    const today = Math.floor(local / day);
    // Day 0, 1 January 1970, was a Thursday.
    const weekday = (((today + 4) % daysAWeek) + daysAWeek) % daysAWeek;
    return { dayFraction: (local - today * day) / day, weekFraction: weekday / daysAWeek };
  };
}

const wave = (name: string, compute: Feature["compute"]): Feature => ({
  name,
  parameters: {},
  version: 1,
  warmUp: 0,
  compute,
});

export const localTimeFeatures: readonly Feature[] = [
  wave("time-of-day-sin", (_core, { dayFraction }) => Math.sin(2 * Math.PI * dayFraction)),
  wave("time-of-day-cos", (_core, { dayFraction }) => Math.cos(2 * Math.PI * dayFraction)),
  wave("day-of-week-sin", (_core, { weekFraction }) => Math.sin(2 * Math.PI * weekFraction)),
  wave("day-of-week-cos", (_core, { weekFraction }) => Math.cos(2 * Math.PI * weekFraction)),
];
