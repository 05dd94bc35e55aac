import { formatDay, minuteMs, parseDay } from "../../../operators/calendar/dates.js";
import { tradedParts, type ExchangeCalendar } from "../../../operators/calendar/calendar.js";

/** One bar's place in its session. */
export interface SessionMinute {
  /** Close of the bar, ms since 1970. */
  readonly time: number;
  /** Start of the bar. */
  readonly from: number;
  /** The session's date at the exchange. */
  readonly date: string;
  /** Share of the session's trading time that has passed in the middle of the bar, in (0, 1). */
  readonly phase: number;
  /** Bars of this session. */
  readonly barsInSession: number;
  /** True for the session's first bar. */
  readonly opens: boolean;
}

/**
 * The bars of all sessions from a moment on, without end: the first one is the first that closes after `start`. There are none
 * in a lunch break; the last one before it, and the last of a session, may be shorter than the others.
 *
 * @param stepMinutes divides 30, so that full and half days of most exchanges alike end with a whole bar
 * @throws RangeError at the end of what the calendar knows
 */
export function* sessionMinutes(
  calendar: ExchangeCalendar,
  start: number,
  stepMinutes: number,
): Generator<SessionMinute, never, undefined> {
  const step = stepMinutes * minuteMs;
  const first = calendar.dateOf(calendar.nextClose(start) - 1);
  for (let day = parseDay(first) ?? NaN; ; day++) {
    const date = formatDay(day);
    const session = calendar.session(date);
    if (session === undefined) {
      // Past the years that the calendar covers, this throws rather than searching for ever.
      calendar.nextClose(day * 86_400_000);
      continue;
    }
    const parts = tradedParts(session);
    const length = parts.reduce((sum, { start: from, end }) => sum + (end - from), 0);
    const barsInSession = parts.reduce((sum, { start: from, end }) => sum + Math.ceil((end - from) / step), 0);
    let before = 0;
    for (const part of parts) {
      for (let from = part.start; from < part.end; from += step) {
        const time = Math.min(from + step, part.end);
        if (time <= start) continue;
        const phase = (before + (from + time) / 2 - part.start) / length;
        yield { time, from, date, phase, barsInSession, opens: from === session.open };
      }
      before += part.end - part.start;
    }
  }
}

/** How many such bars there are from a moment to the end of what the calendar knows, counted up to `most`. */
export function barsAhead(calendar: ExchangeCalendar, start: number, stepMinutes: number, most: number): number {
  let count = 0;
  try {
    const minutes = sessionMinutes(calendar, start, stepMinutes);
    while (count < most && !minutes.next().done) count += 1;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return count;
}
