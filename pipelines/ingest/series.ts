import type { Bar } from "../../schemas/generated/types.js";
import { limits } from "./limits.js";

/** What a bar's adj_close says, for the next bar of the series to agree with. */
export interface Witness {
  /** adj_close / close. */
  readonly adjusted: number;
  /** How far rounding may have moved that, as a share of it. */
  readonly rounding: number;
  /** True where it is the bar's adjustment; false where splits and dividends are told beside it. */
  readonly isAdjustment: boolean;
}

/** What is kept of a bar. */
export interface SeriesBar extends Partial<Witness> {
  /** Its close, ms since 1970. */
  readonly time: number;
  readonly close: number;
}

/** The bar of a series before a moment; undefined when it is not known. */
export type BarBefore = (symbol: string, interval: string, eventTime: number) => SeriesBar | undefined;

/**
 * The last two bars of each series (symbol and interval) of a file: two, so that a correction of the last bar still finds
 * the one before it.
 */
export class RecentBars {
  readonly #series = new Map<string, { last: SeriesBar; before: SeriesBar | undefined }>();

  constructor(private readonly maximum: number = limits.seriesRemembered) {}

  readonly before: BarBefore = (symbol, interval, eventTime) => {
    const known = this.#series.get(`${symbol} ${interval}`);
    if (known === undefined) return undefined;
    if (known.last.time < eventTime) return known.last;
    return known.before !== undefined && known.before.time < eventTime ? known.before : undefined;
  };

  note(bar: Pick<Bar, "symbol" | "interval" | "eventTime" | "close">, witness?: Witness): void {
    const key = `${bar.symbol} ${bar.interval}`;
    const known = this.#series.get(key);
    const kept = { time: bar.eventTime, close: bar.close, ...witness };
    if (known === undefined) {
      this.#series.set(key, { last: kept, before: undefined });
      const [oldest] = this.#series.keys();
      if (this.#series.size > this.maximum && oldest !== undefined) this.#series.delete(oldest);
    } else if (kept.time === known.last.time) known.last = kept;
    else if (kept.time > known.last.time) this.#series.set(key, { last: kept, before: known.last });
    else if (kept.time === known.before?.time) known.before = kept;
  }
}
