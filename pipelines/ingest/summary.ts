import type { RejectCode } from "../../schemas/reject-codes.js";
import { FileNotes } from "./notes.js";
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
  /** The first three of each code. */
  readonly firstByCode: Readonly<Partial<Record<RejectCode, readonly Rejection[]>>>;
  /** Columns that are not read, each once. */
  readonly unreadColumns: readonly string[];
  /** What else is to be said of how the file was read. */
  readonly remarks: readonly string[];
  /** Last line that an earlier run had handled; 0 when this run began at the beginning. */
  readonly resumedAfterLine: number;
  /** True when an earlier run had handled all of it and nothing was sent now. */
  readonly alreadyIngested: boolean;
}

export const rejectionsKept = 20;
const keptOfCode = 3;

/** Of a file of which nothing was read. */
export const nothing: IngestSummary = {
  lines: 0,
  accepted: 0,
  duplicates: 0,
  rejected: 0,
  rejectedByCode: {},
  skipped: 0,
  unknownSymbols: 0,
  rejections: [],
  firstByCode: {},
  unreadColumns: [],
  remarks: [],
  resumedAfterLine: 0,
  alreadyIngested: false,
};

/** Counts refusals by code, and keeps the first of each. */
export class Refusals {
  readonly #byCode: Partial<Record<RejectCode, number>>;
  readonly #first: Partial<Record<RejectCode, Rejection[]>> = {};

  constructor(start: Pick<IngestSummary, "rejectedByCode" | "firstByCode"> = nothing) {
    this.#byCode = { ...start.rejectedByCode };
    for (const [code, first] of Object.entries(start.firstByCode)) this.#first[code as RejectCode] = [...first];
  }

  add(rejection: Rejection): void {
    const { code } = rejection;
    this.#byCode[code] = (this.#byCode[code] ?? 0) + 1;
    const first = (this.#first[code] ??= []);
    if (first.length < keptOfCode) first.push(rejection);
  }

  counts(): Pick<IngestSummary, "rejectedByCode" | "firstByCode"> {
    return { rejectedByCode: { ...this.#byCode }, firstByCode: structuredClone(this.#first) };
  }
}

/** Counts outcomes. */
export class Tally {
  #counts: { -readonly [Key in keyof IngestSummary]: IngestSummary[Key] };
  readonly #refusals: Refusals;
  readonly #kept: Rejection[];

  /**
   * @param start counts of an earlier run that this one continues
   * @param notes what is said of the file beside its lines
   */
  constructor(
    start: IngestSummary = nothing,
    private readonly notes: FileNotes = new FileNotes(),
  ) {
    // An earlier build's checkpoint has fewer fields.
    this.#counts = { ...nothing, ...start };
    this.#refusals = new Refusals(this.#counts);
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
        this.#refusals.add(rejection);
        if (this.#kept.length < rejectionsKept) this.#kept.push(rejection);
        break;
      }
    }
  }

  summary(): IngestSummary {
    return {
      ...this.#counts,
      ...this.#refusals.counts(),
      rejections: [...this.#kept],
      unreadColumns: this.notes.columns.unread(),
      remarks: this.notes.said(),
    };
  }
}
