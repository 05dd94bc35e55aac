import { formatDay, minuteMs, parseDay } from "../../../operators/calendar/dates.js";
import type { ExchangeCalendar } from "../../../operators/calendar/calendar.js";

/** One bar's place in its session. */
export interface SessionMinute {
  /** Close of the bar, ms since 1970. */
  readonly time: number;
  /** Start of the bar. */
  readonly from: number;
  /** The session's date at the exchange. */
  readonly date: string;
  /** Share of the session that has passed in the middle of the bar, in (0, 1). */
  readonly phase: number;
  /** Bars of this session. */
  readonly barsInSession: number;
  /** True for the session's first bar. */
  readonly opens: boolean;
}

/**
 * The bars of all sessions from a moment on, without end: the first one is the first that closes after `start`.
 *
 * @param stepMinutes divides 30, so that full and half days alike end with a whole bar
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
    const length = session.close - session.open;
    const barsInSession = Math.round(length / step);
    for (let from = session.open; from < session.close; from += step) {
      const time = from + step;
      if (time <= start) continue;
      const phase = (from + step / 2 - session.open) / length;
      yield { time, from, date, phase, barsInSession, opens: from === session.open };
    }
  }
}
