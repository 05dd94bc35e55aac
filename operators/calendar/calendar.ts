/** When an exchange trades. All times are milliseconds since 1970 (UTC); dates are `YYYY-MM-DD` at the exchange. */
export interface ExchangeCalendar {
  /** MIC-like name, e.g. `XNYS`. */
  readonly name: string;
  /** IANA time zone of the exchange. */
  readonly timeZone: string;
  /** Local date at the exchange of a moment. */
  dateOf(time: number): string;
  /** The session of a date; undefined when the exchange was closed. */
  session(date: string): { readonly open: number; readonly close: number; readonly halfDay: boolean } | undefined;
  /** Close of the first session that closes after `time`. */
  nextClose(time: number): number;
}
