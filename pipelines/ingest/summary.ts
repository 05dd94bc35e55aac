import type { RejectCode } from "../../schemas/reject-codes.js";
import type { LineOutcome, Rejection } from "./outcome.js";

/** What became of a file. `lines` = accepted + duplicates + rejected + skipped. */
export interface IngestSummary {
  /** Lines read, those of earlier runs that this one continues included. */
  readonly lines: number;
  /** Lines that became records. */
  readonly accepted: number;
  /** Lines that repeat an earlier one. */
  readonly duplicates: number;
  /** Lines that were refused. */
  readonly rejected: number;
  readonly rejectedByCode: Readonly<Partial<Record<RejectCode, number>>>;
  /** Blank lines, the CSV header, further lines of quoted fields. */
  readonly skipped: number;
  /** Symbols left out of accepted articles, as they are not on the list. */
  readonly unknownSymbols: number;
  /** The first rejections. */
  readonly rejections: readonly Rejection[];
  /** Last line that an earlier run had handled; 0 when this run began at the beginning. */
  readonly resumedAfterLine: number;
  /** True when an earlier run had handled all of it and nothing was sent now. */
  readonly alreadyIngested: boolean;
}

export const rejectionsKept = 20;

const nothing: IngestSummary = {
  lines: 0,
  accepted: 0,
  duplicates: 0,
  rejected: 0,
  rejectedByCode: {},
  skipped: 0,
  unknownSymbols: 0,
  rejections: [],
  resumedAfterLine: 0,
  alreadyIngested: false,
};

/** Counts outcomes. */
export class Tally {
  #counts: { -readonly [Key in keyof IngestSummary]: IngestSummary[Key] };
  readonly #byCode: Partial<Record<RejectCode, number>>;
  readonly #kept: Rejection[];

  /** @param start counts of an earlier run that this one continues */
  constructor(start: IngestSummary = nothing) {
    this.#counts = { ...start };
    this.#byCode = { ...start.rejectedByCode };
    this.#kept = [...start.rejections];
  }

  add(outcome: LineOutcome<unknown>): void {
    this.#counts.lines++;
    switch (outcome.outcome) {
      case "accepted":
        this.#counts.accepted++;
        this.#counts.unknownSymbols += outcome.unknownSymbols;
        break;
      case "duplicate":
        this.#counts.duplicates++;
        break;
      case "skipped":
        this.#counts.skipped++;
        break;
      case "rejected": {
        const { rejection } = outcome;
        this.#counts.rejected++;
        this.#byCode[rejection.code] = (this.#byCode[rejection.code] ?? 0) + 1;
        if (this.#kept.length < rejectionsKept) this.#kept.push(rejection);
        break;
      }
    }
  }

  summary(): IngestSummary {
    return { ...this.#counts, rejectedByCode: { ...this.#byCode }, rejections: [...this.#kept] };
  }
}
