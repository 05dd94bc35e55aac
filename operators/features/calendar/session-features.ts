import { tradedParts, type Session } from "../../calendar/calendar.js";
import { sessionClock, spanOf } from "../../calendar/session-clock.js";
import type { Feature } from "../feature.js";
import { oncePerView } from "../once-per-view.js";
import type { FeatureView } from "../view.js";

const minute = 60_000;

/** Minutes to the close at which proximity is one half. */
const closeMinutes = 30;

/** Days to a session, and since one, are capped here. */
const mostDays = 10;

/** The phase of the session, from which all features of this file follow; `asOf` is the moment. */
interface SessionTime {
  /** Within a session, the opening included and the close not; not in its lunch break. */
  readonly isOpen: boolean;
  /** On the day of a session that has not opened. */
  readonly isBefore: boolean;
  readonly isHalfDay: boolean;
  /** Share of the latest session's trading time that has passed: 1 when it is over. */
  readonly progress: number;
  readonly toClose: number;
  readonly daysTo: number;
  readonly daysSince: number;
  readonly monthPassed: number;
  readonly monthLeft: number;
}

/** Calendar days are counted between dates at the exchange. Where the calendar knows no session: nothing near. */
function sessionTime({ calendar, asOf }: FeatureView): SessionTime {
  const { day, session, before, after, monthPassed, monthLeft } = sessionClock(calendar).at(asOf);
  const isBefore = session !== undefined && asOf < session.open;
  const isOver = session === undefined || asOf >= session.close;
  const isWithin = !isBefore && !isOver;
  const close = isOver ? after?.close : session.close;
  const next = isBefore ? day : after?.day;
  const last = isOver && session !== undefined ? day : before?.day;
  return {
    isOpen: isWithin && !(session.break && asOf >= session.break.start && asOf < session.break.end),
    isBefore,
    isHalfDay: session?.halfDay ?? false,
    progress: isWithin ? shareTraded(session, asOf) : 1,
    toClose: close === undefined ? Infinity : close - asOf,
    daysTo: next === undefined ? mostDays : Math.min(mostDays, next - day),
    daysSince: last === undefined ? mostDays : Math.min(mostDays, day - last),
    monthPassed,
    monthLeft,
  };
}

/** At a moment of the session; a lunch break does not count. */
function shareTraded(session: Session, time: number): number {
  if (session.break === undefined) return (time - session.open) / (session.close - session.open);
  let passed = 0;
  let whole = 0;
  for (const { start, end } of tradedParts(session)) {
    passed += Math.min(Math.max(time - start, 0), end - start);
    whole += end - start;
  }
  return passed / whole;
}

const ofView = oncePerView(sessionTime);

const feature = (
  name: string,
  formula: string,
  of: (time: SessionTime) => number,
  parameters: Readonly<Record<string, number>> = {},
): Feature => ({
  name,
  group: "calendar",
  parameters,
  version: 1,
  warmUp: 0,
  formula,
  compute: (view) => of(ofView(view)),
});

/**
 * Where `asOf` lies among the sessions of the exchange, half days and holidays as the calendar has them. Warm-up: none.
 *
 * Source: the day's U-shape of volume and volatility, P. Jain and G. Joh, The dependence between hourly prices and
 * trading volume, Journal of Financial and Quantitative Analysis 23 (1988); the turn of the month, J. Lakonishok and
 * S. Smidt, Are seasonal anomalies real?, Review of Financial Studies 1 (1988); the gap over weekends, K. French, Stock
 * returns and the weekend effect, Journal of Financial Economics 8 (1980).
 */
export const sessionFeatures: readonly Feature[] = [
  feature("session-open", "1 from the open to the close of a session, else 0", ({ isOpen }) => (isOpen ? 1 : 0)),
  feature("session-before", "1 on a session's date before its open, else 0", ({ isBefore }) => (isBefore ? 1 : 0)),
  feature(
    "session-progress",
    "share of the session that has passed; 1 outside of sessions",
    ({ progress }) => progress,
  ),
  feature(
    "close-proximity",
    "30 / (30 + minutes to the next close)",
    ({ toClose }) => closeMinutes / (closeMinutes + toClose / minute),
    { closeMinutes },
  ),
  feature("half-day", "1 on the date of a shortened session, else 0", ({ isHalfDay }) => (isHalfDay ? 1 : 0)),
  feature("days-to-session", "days to the date of the next session that opens, at most 10", ({ daysTo }) => daysTo, {
    mostDays,
  }),
  feature(
    "days-since-session",
    "days since the date of the last session that closed, at most 10",
    ({ daysSince }) => daysSince,
    { mostDays },
  ),
  feature(
    "month-start",
    "1 / (1 + sessions of the month before this date)",
    ({ monthPassed }) => 1 / (1 + monthPassed),
  ),
  feature("month-end", "1 / (1 + sessions of the month from this date on)", ({ monthLeft }) => 1 / (1 + monthLeft)),
  {
    name: "missing-bars",
    group: "calendar",
    parameters: {},
    version: 1,
    warmUp: 2,
    formula: "ln(1 + bars that the sessions let expect between the last bar and the one before)",
    compute: missingBars,
  },
];

/** 0 for the first bar, and for an interval that sessions are no multiple of. */
function missingBars({ calendar, barBefore, barTime, interval }: FeatureView): number {
  if (barBefore === undefined) return 0;
  const span = spans.get(interval) ?? learnSpan(interval);
  return Math.log1p(span > 0 ? sessionClock(calendar).barsBetween(barBefore, barTime, span) : 0);
}

/** 0 where it is not known. Intervals are few, and read for every vector. */
const spans = new Map<string, number>();

function learnSpan(interval: string): number {
  const span = spanOf(interval) ?? 0;
  if (spans.size < 1000) spans.set(interval, span);
  return span;
}
