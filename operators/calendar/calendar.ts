/** Two moments or times; the first belongs to it, the second does not. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Times of one session, in milliseconds since 1970 (UTC). */
export interface Session {
  readonly open: number;
  readonly close: number;
  /** Opens later or closes earlier than sessions of its time do. */
  readonly halfDay: boolean;
  /** The lunch break; left out where there is none. */
  readonly break?: Span;
}

/** When an exchange trades. All times are milliseconds since 1970 (UTC); dates are `YYYY-MM-DD` at the exchange. */
export interface ExchangeCalendar {
  /** MIC-like name, e.g. `XNYS`. */
  readonly name: string;
  /** IANA time zone of the exchange. */
  readonly timeZone: string;
  /** Of a calendar of one's own: a hash of its data, which tells it from others of its name. */
  readonly content?: string;
  /** First and last date of which it is known whether the exchange was open. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** Whether a moment lies within the known days; the end of the last one does. */
  covers(time: number): boolean;
  /** Local date at the exchange of a moment. */
  dateOf(time: number): string;
  /** The session of a date; undefined when the exchange was closed, and for a date that is not known. */
  session(date: string): Session | undefined;
  /**
   * Close of the first session that closes after `time`.
   *
   * @throws RangeError when that is not among the known days
   */
  nextClose(time: number): number;
}

/** The calendar of a name; undefined for a name that is not known. What operators get in place of one calendar. */
export type CalendarLookup = (name: string) => ExchangeCalendar | undefined;

/** The calendar of what names none. */
export const defaultCalendar = "XNYS";

/** What a sentence about a moment beyond the calendar says. */
export const reach = ({ name, firstDay, lastDay }: ExchangeCalendar): string =>
  `the calendar ${name} is known from ${firstDay} to ${lastDay}`;

/** When a session is traded: in one part, or in those before and after the lunch break. */
export const tradedParts = ({ open, close, break: pause }: Session): readonly Span[] =>
  pause === undefined
    ? [{ start: open, end: close }]
    : [
        { start: open, end: pause.start },
        { start: pause.end, end: close },
      ];
