import type { Bar, NewsArticle } from "../../../schemas/generated/types.js";

/** What happened in one minute (or longer bar). Where exchanges open at different times there are more of them than bars of a symbol. */
export interface SimulatedMinute {
  /** Close of the bars, ms since 1970. */
  readonly time: number;
  /** One bar for each symbol whose exchange is open, in the order of the symbols, less the missing ones. */
  readonly bars: Bar[];
  /** By time; each lies after the bar before and not after this one. */
  readonly articles: NewsArticle[];
}
