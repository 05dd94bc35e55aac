import { tradedParts, type ExchangeCalendar } from "../calendar/calendar.js";

/** A series that is further behind than this forecasts as if it were this far behind. */
const longestHorizon = 22;

const unitLengths: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/**
 * The moment a forecast is about: the first bar close after the bar that also lies after `asOf`, so that a forecast is
 * never about the past. That is the close of the next session for daily bars (of the n-th for `nd`); for shorter bars the
 * next multiple of the interval from the session's open, at most its close. After the last bar of a session it is the
 * first one of the next. A lunch break ends a bar as the close does, and bars are counted anew from its end.
 *
 * @param interval like 1m, 1h, 1d
 * @returns the moment, and the number of bars up to it: 1 unless bars are missing
 * @throws RangeError when the calendar does not reach to it
 */
export function targetTime(
  calendar: ExchangeCalendar,
  interval: string,
  barTime: number,
  asOf: number,
): { targetTime: number; horizon: number } {
  let target = nextBar(calendar, interval, barTime);
  let horizon = 1;
  while (target <= asOf) {
    if (horizon === longestHorizon) return { targetTime: nextBar(calendar, interval, asOf), horizon };
    target = nextBar(calendar, interval, target);
    horizon += 1;
  }
  return { targetTime: target, horizon };
}

/** The same; undefined where the calendar does not reach to it. */
export function knownTarget(...of: Parameters<typeof targetTime>): ReturnType<typeof targetTime> | undefined {
  try {
    return targetTime(...of);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function nextBar(calendar: ExchangeCalendar, interval: string, time: number): number {
  const count = Number.parseInt(interval, 10) || 1;
  const unit = unitLengths[interval.slice(-1)];
  if (unit === undefined) {
    let close = time;
    for (let session = 0; session < count; session += 1) close = calendar.nextClose(close);
    return close;
  }
  const close = calendar.nextClose(time);
  // The moment before the close: a session that ends at midnight belongs to the day it ends.
  const session = calendar.session(calendar.dateOf(close - 1)) ?? { open: time, close, halfDay: false };
  const length = count * unit;
  for (const { start, end } of tradedParts(session)) {
    if (time >= end) continue;
    const passed = time < start ? 0 : Math.floor((time - start) / length);
    return Math.min(end, start + (passed + 1) * length);
  }
  return close;
}
