/** Names of the headers that records carry, for whoever writes them or reads them, and what each holds. */

/** Of every output of a stage. None of them is part of the value, as a replay must give the same bytes. */
export const lineageHeaders = {
  trigger: "newstape-trigger",
  joined: "newstape-joined",
  order: "newstape-order",
} as const;

/** W3C trace context (https://www.w3.org/TR/trace-context/). */
export const traceHeader = "traceparent";

/** Of a record in `<part>.rejected`, beside those of the original. */
export const rejectHeaders = {
  code: "newstape-code",
  reason: "newstape-reason",
  stage: "newstape-stage",
  trigger: lineageHeaders.trigger,
  origin: "newstape-origin",
  valueBytes: "newstape-value-bytes",
  keyCharacters: "newstape-key-characters",
  headersDropped: "newstape-headers-dropped",
} as const;

export const resubmittedHeader = "newstape-resubmitted";

type HeaderName =
  | (typeof lineageHeaders)[keyof typeof lineageHeaders]
  | (typeof rejectHeaders)[keyof typeof rejectHeaders]
  | typeof traceHeader
  | typeof resubmittedHeader;

/** What each header holds, for the documentation; all are UTF-8 texts. */
export const headerMeanings: Readonly<Record<HeaderName, string>> = {
  [lineageHeaders.trigger]: "topic/partition/offset of the input that caused the record; of a reject, of the original.",
  [lineageHeaders.joined]:
    "How far each input had been read when the record was made; absent where the stage has one input.",
  [lineageHeaders.order]:
    "The order of the inputs taken since the output before; only where it differs from the merge order.",
  [traceHeader]: "W3C trace context, from ingest to signal.",
  [rejectHeaders.code]: "Of a reject: the code, one of those below.",
  [rejectHeaders.reason]: "Of a reject: the reason in words.",
  [rejectHeaders.stage]: "Of a reject: the part that refused the record.",
  [rejectHeaders.origin]: "Of a reject: `live` or `backfill`, where the original had it.",
  [rejectHeaders.valueBytes]: "Of a reject: bytes of the original value, where only its beginning is kept.",
  [rejectHeaders.keyCharacters]: "Of a reject: characters of the original key, where only its beginning is kept.",
  [rejectHeaders.headersDropped]: "Of a reject: number of the original's headers that were left out.",
  [resubmittedHeader]: "Of a record that `rejected replay` published: the reject that it was made of.",
};
