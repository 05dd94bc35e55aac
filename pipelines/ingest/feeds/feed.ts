/** An article as a feed has it. */
export interface FeedItem {
  /** The feed's own identifier; undefined where it gives none. */
  readonly id: string | undefined;
  /** Absolute, with its fragment; undefined where there is none that can be read. */
  readonly link: string | undefined;
  /** Plain text; of a post without a title the text itself. Empty where there is neither. */
  readonly title: string;
  /** ms since 1970; undefined when it is missing or cannot be read. */
  readonly published: number | undefined;
  /** The date as it is written, where it cannot be read. */
  readonly unreadDate: string | undefined;
  readonly categories: readonly Category[];
  /** What elements for ticker symbols hold, as it is written: `AAPL`, `Nasdaq:AAPL, NYSE:IBM`. */
  readonly tickers: readonly string[];
}

export interface Category {
  readonly term: string;
  /** `domain` of RSS, `scheme` of Atom; empty where there is none. */
  readonly scheme: string;
}

export interface Feed {
  readonly title: string;
  readonly items: FeedItem[];
  /** Items past the bound of one feed: counted, not read. */
  readonly omitted: number;
  /** How long it stays valid by its own fields (`ttl`, `sy:updatePeriod`), ms. */
  readonly timeToLive: number | undefined;
}
