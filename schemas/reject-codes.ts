/**
 * Every reason for which an input can be refused, by ingest or by a stage: a closed list, documented in schemas/README.md.
 * A rejected record ends its way in `<stage>.rejected` with its original bytes; a rejected line of a file is reported
 * with its number.
 */
export const rejectCodes = {
  UNDECODABLE: "The bytes are not a record of the topic's schema.",
  MALFORMED_LINE: "The line is not valid JSON or CSV, or not valid UTF-8.",
  MISSING_FIELD: "A required field is missing or empty.",
  INVALID_FIELD: "A field has the wrong type or a value outside its range.",
  INVALID_PRICE: "A price is not a finite number above zero, or high, low, open and close contradict each other.",
  INVALID_VOLUME: "The volume is not a finite number of at least zero.",
  INVALID_TIME: "A time cannot be read, has no zone, or does not exist.",
  EXCHANGE_CLOSED: "The exchange was closed on the day of the bar.",
  UNKNOWN_CALENDAR: "No calendar of the exchange's name is known here.",
  BEYOND_CALENDAR:
    "The calendar of the exchange does not reach to the time of the bar, of the news or of what would be forecast.",
  STAMPED_AT_OPEN: "The time of the bar is its open, not its close, or which of them it is cannot be told.",
  ADJUSTED_ALREADY: "A split is given, and the prices hold it already: it would count twice.",
  TIME_IN_FUTURE: "A time lies in the future.",
  UNKNOWN_SYMBOL: "The symbol is none of the universe.",
  TOO_LARGE: "A text is longer than allowed.",
  DUPLICATE_ID: "The identifier was seen before, with other content.",
  BAR_TOO_OLD: "The bar is older than the last bars kept for corrections; rebuild the stage to take it in.",
  PRICE_OUT_OF_LINE:
    "A price is more than eight times, or less than an eighth of, those of the bars around it, splits reckoned in: held back until the next bar is at its level, or `newstape rejected replay` accepts it.",
  NOT_FINITE: "A number is NaN or infinite.",
  WRONG_FEATURE_SET:
    "The vector's feature set is none that this build has, and not the one that the model was trained on.",
  OPERATOR_FAILED: "The operator failed on this record alone.",
  PROCESS_CRASHED: "The process died three times while the operator worked on this record alone.",
} as const;

/** Why an input was refused. */
export type RejectCode = keyof typeof rejectCodes;

/** What to do about each, in a sentence. */
export const rejectRemedies: Readonly<Record<RejectCode, string>> = {
  UNDECODABLE: "Publish with the topic's schema; `newstape rejected show` has the bytes.",
  MALFORMED_LINE: "Mend the line; a JSON array or object over several lines becomes lines with jq -c.",
  MISSING_FIELD:
    "Fill the field in, or name its column with --map FIELD=COLUMN; --interval and --symbol give it for a whole file.",
  INVALID_FIELD: "Correct the value, or leave the column out with --map FIELD= (nothing behind it).",
  INVALID_PRICE: "Correct the prices: plain decimal numbers above 0, with low ≤ open, close ≤ high.",
  INVALID_VOLUME: "Correct the volume: a plain decimal number, 0 where nothing was traded.",
  INVALID_TIME:
    "Write times like 2015-09-30T20:00:00Z and days like 2015-09-30; for times without a zone add --zone America/New_York, or for bars --zone exchange.",
  EXCHANGE_CLOSED:
    "Leave the bar out, or name the exchange that the symbol is traded at in the universe (24/7 for crypto-currencies, 24/5 for currencies).",
  UNKNOWN_CALENDAR: "Correct the exchange in the universe, or add its calendar with NEWSTAPE_CALENDARS.",
  BEYOND_CALENDAR:
    "Take a release whose calendar reaches further, or give one of your own with NEWSTAPE_CALENDARS; then send it again.",
  STAMPED_AT_OPEN:
    "Add --stamped open, which adds the interval; or --stamped close, if the times are the closes after all.",
  ADJUSTED_ALREADY:
    "Add --adjusted all (prices that hold splits and dividends, as yfinance gives by default) or --adjusted splits (that hold splits alone).",
  TIME_IN_FUTURE: "Correct the time, or set this machine's clock.",
  UNKNOWN_SYMBOL: "Add the symbol or its spelling to the universe, or let any in with --universe any.",
  TOO_LARGE: "Shorten the text.",
  DUPLICATE_ID: "Give each record an id of its own, and each bar one line.",
  BAR_TOO_OLD: "`newstape rebuild` of the stage takes it in.",
  PRICE_OUT_OF_LINE:
    "Correct the price, or tell its split; if it is right, `newstape rejected replay` accepts it, and so does the next bar at its level.",
  NOT_FINITE: "Correct the number where it comes from.",
  WRONG_FEATURE_SET: "Serve a model of the feature set that is computed; `newstape models` lists both.",
  OPERATOR_FAILED: "`newstape rejected show` has the error; `newstape rejected replay` tries again.",
  PROCESS_CRASHED: "`newstape rejected show` has the record; `newstape rejected replay` tries again.",
};
