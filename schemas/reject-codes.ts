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
  INVALID_TIME: "A time cannot be read, or names a day on which the exchange was closed.",
  UNKNOWN_CALENDAR: "No calendar of the exchange's name is known here.",
  BEYOND_CALENDAR:
    "The calendar of the exchange does not reach to the time of the bar, of the news or of what would be forecast.",
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
