/** The symbols that are let in, and the one spelling of each. */
import type { RejectCode } from "../../../schemas/reject-codes.js";

/** A ticker that a listing had before. */
export interface FormerTicker {
  readonly symbol: string;
  /** The first day, `YYYY-MM-DD` at the exchange, on which it was not its ticker any more; undefined: it still may be meant. */
  readonly until?: string | undefined;
}

/** One share, fund, currency pair or index. */
export interface Listing {
  /** As it stands in records. */
  readonly symbol: string;
  /** Full name: `Apple Inc.`; several listings may have the same (two classes of shares). */
  readonly name?: string | undefined;
  /** Further names and tickers. */
  readonly aliases: readonly string[];
  /** Phrases that hold a name and mean something else: `apple pie`. */
  readonly not: readonly string[];
  /** MIC of the exchange, or the name of another calendar; undefined: `XNYS`. */
  readonly exchange?: string | undefined;
  readonly currency?: string | undefined;
  readonly formerly: readonly FormerTicker[];
}

/** A text that names no listing of a universe. */
export interface Unlisted {
  readonly code: Extract<RejectCode, "UNKNOWN_SYMBOL" | "INVALID_FIELD">;
  /** What is wrong with this text, and what to do, as it goes on after the text itself. */
  readonly reason: string;
}

/** A moment, ms since 1970; as a function where it costs something to know it: it is called for former tickers alone. */
export type Moment = number | (() => number | undefined);

/** Which symbols are let in, and how each is spelt in records. */
export interface Universe {
  /** Part of checkpoints: another universe judges the same file differently. */
  readonly description: string;
  /** How messages name it: its file, or what it is. */
  readonly name: string;
  /** Undefined for one that lets in whatever is written like a symbol. */
  readonly listings: readonly Listing[] | undefined;
  /**
   * The listing that a text means.
   *
   * @param raw as a source writes it
   * @param at when it was written, since tickers change hands; undefined: now
   */
  find(raw: string, at?: Moment): Listing | Unlisted;
  /** The name of the calendar of a symbol, in the universe's spelling: that of its exchange, else `XNYS`. */
  calendarOf(symbol: string): string;
}

/** Takes a text that a line has for a symbol, and what it means. */
export type SymbolNote = (raw: string, found: Listing | Unlisted) => void;

/** Whether a text means a listing, and not nothing that a universe has. */
export const isListing = (found: Listing | Unlisted): found is Listing => "symbol" in found;

/** A listing of which the symbol alone is known. */
export const bareListing = (symbol: string): Listing => ({ symbol, aliases: [], not: [], formerly: [] });
