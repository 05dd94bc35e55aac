/** Where sessions begin, end and meet: that tells the beginning of a bar from its end. */
import { tradedParts, type ExchangeCalendar, type Session } from "../../operators/calendar/calendar.js";
import { dayMs } from "../../operators/calendar/dates.js";

/** The session that opens at a moment. */
function opening(calendar: ExchangeCalendar, time: number): Session | undefined {
  const session = calendar.session(calendar.dateOf(time));
  return session?.open === time ? session : undefined;
}

/** The session that closes at a moment: one that ends at midnight belongs to the day it ends. */
function closing(calendar: ExchangeCalendar, time: number): Session | undefined {
  const session = calendar.session(calendar.dateOf(time - 1));
  return session?.close === time ? session : undefined;
}

/** Whether a session opens at a moment at which none ends: where one day follows the other without a break, both do. */
export const isSessionOpen = (calendar: ExchangeCalendar, time: number): boolean =>
  opening(calendar, time) !== undefined && closing(calendar, time) === undefined;

/** Whether a session ends at a moment at which none opens. */
export const isSessionClose = (calendar: ExchangeCalendar, time: number): boolean =>
  closing(calendar, time) !== undefined && opening(calendar, time) === undefined;

/** Whether a session follows another, or another follows it, without a break: which end a time is cannot be told then. */
export const meetsAnother = (calendar: ExchangeCalendar, { open, close }: Session): boolean =>
  closing(calendar, open) !== undefined || opening(calendar, close) !== undefined;

/** Whether a moment begins or ends a session that meets another. */
export const isWhereSessionsMeet = (calendar: ExchangeCalendar, time: number): boolean =>
  [closing(calendar, time), opening(calendar, time)].some(
    (session) => session !== undefined && meetsAnother(calendar, session),
  );

/** The date to which a time of a bar belongs, whichever end of it that is: midnight to the day that ends, if no session opens. */
export const sessionDate = (calendar: ExchangeCalendar, time: number): string =>
  calendar.dateOf(isSessionClose(calendar, time) ? time - 1 : time);

/**
 * The close of a bar that begins at a moment: its length later, and not behind the last trade that can be in it. What begins
 * in a session ends with it unless another one opens then, and before the lunch break unless it reaches beyond that: then it
 * may hold trades of the afternoon.
 *
 * @param span length of the bar, ms
 * @returns undefined for a bar of several days in a market that closes meanwhile: which session it ends with is not known
 */
export function closeAfter(calendar: ExchangeCalendar, open: number, span: number): number | undefined {
  const end = open + span;
  let session = calendar.session(calendar.dateOf(open));
  if (session === undefined || open < session.open || open >= session.close) return span > dayMs ? undefined : end;
  for (; session !== undefined; session = opening(calendar, session.close)) {
    const [morning, afternoon] = tradedParts(session);
    if (morning !== undefined && afternoon !== undefined) {
      if (open < morning.end && end > morning.end && end <= afternoon.start) return morning.end;
    }
    if (end <= session.close) return end;
    if (opening(calendar, session.close) === undefined) return span > dayMs ? undefined : session.close;
  }
  return end;
}
