/** Names of the headers that records carry, for whoever writes them or reads them. */

/** Of every output of a stage: where it comes from. None of them is part of the value, as a replay must give the same bytes. */
export const lineageHeaders = {
  /** topic/partition/offset of the input that caused it. */
  trigger: "newstape-trigger",
  /** How far each input had been read; left out where there is one. */
  joined: "newstape-joined",
  /** The order of what was taken since the output before, where it was not the merge's own. */
  order: "newstape-order",
} as const;

/** W3C trace context (https://www.w3.org/TR/trace-context/), from ingest to signal. */
export const traceHeader = "traceparent";

/** Of a record in `<part>.rejected`, beside those of the original. */
export const rejectHeaders = {
  code: "newstape-code",
  reason: "newstape-reason",
  stage: "newstape-stage",
  /** topic/partition/offset of the original. */
  trigger: lineageHeaders.trigger,
  /** live or backfill, where the original has it. */
  origin: "newstape-origin",
  /** Bytes of the original value, where only its beginning is kept. */
  valueBytes: "newstape-value-bytes",
  /** Characters of the original key, where only its beginning is kept. */
  keyCharacters: "newstape-key-characters",
  /** Number of the original's headers that were left out. */
  headersDropped: "newstape-headers-dropped",
} as const;

/** Names the reject that a record was made of. */
export const resubmittedHeader = "newstape-resubmitted";
