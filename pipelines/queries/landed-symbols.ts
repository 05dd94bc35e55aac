/** What of the symbols landed lately: news without bars, jumps, bars that ended. Each query is bounded in time and in rows. */
import type { Database } from "../runtime/database/database.js";

type Source = Pick<Database, "query">;

/** Rows of a table that a query looks at, at most. */
const mostRows = 200_000;

/** The days before the newest row, so that a history is looked at as one that is live. */
const since = (table: "news" | "bars"): string => `(SELECT max(event_time) FROM ${table}) - make_interval(days => $1)`;

export interface LandedSymbol {
  readonly symbol: string;
  readonly articles: number;
  readonly last: Date;
  readonly hasBars: boolean;
}

/** Symbols of the articles of the last days, the most frequent first, with whether they have bars at all. */
export function symbolsInNews(database: Source, days: number): Promise<LandedSymbol[]> {
  return database.query<LandedSymbol>(
    `WITH recent AS (
       SELECT symbols, event_time FROM news WHERE event_time > ${since("news")} ORDER BY event_time DESC LIMIT ${mostRows}
     ), named AS (
       SELECT symbol, count(*)::integer AS articles, max(event_time) AS last
       FROM recent CROSS JOIN LATERAL unnest(symbols) AS symbol GROUP BY symbol
     )
     SELECT symbol, articles, last, EXISTS (SELECT FROM bars WHERE bars.symbol = named.symbol) AS "hasBars"
     FROM named ORDER BY articles DESC, symbol`,
    [days],
  );
}

export interface LandedSeries {
  readonly symbol: string;
  readonly interval: string;
  readonly last: Date;
  /** Days, of 24 hours, from its last bar to the newest of all. */
  readonly behind: number;
}

/** Symbols that had bars in the last days, with their last one, those that ended first in front. */
export function symbolsInBars(database: Source, days: number): Promise<LandedSeries[]> {
  return database.query<LandedSeries>(
    `WITH recent AS (
       SELECT symbol, interval, event_time FROM bars WHERE event_time > ${since("bars")}
       ORDER BY event_time DESC LIMIT ${mostRows}
     )
     SELECT symbol, interval, max(event_time) AS last,
       extract(epoch FROM (SELECT max(event_time) FROM recent) - max(event_time))::double precision / 86400 AS behind
     FROM recent GROUP BY symbol, interval ORDER BY last, symbol`,
    [days],
  );
}

export interface LandedJump {
  readonly symbol: string;
  readonly interval: string;
  readonly time: Date;
  /** Close over the close before, splits, dividends and adjustments considered. */
  readonly factor: number;
}

/** Bars of the last days whose close is more than `factor` times that of the bar before, or less than one such part. */
export function jumpsInBars(database: Source, days: number, factor: number): Promise<LandedJump[]> {
  return database.query<LandedJump>(
    `WITH recent AS (
       SELECT symbol, interval, event_time, close * adjustment AS price, split * dividend_factor AS action
       FROM bars WHERE event_time > ${since("bars")} ORDER BY event_time DESC LIMIT ${mostRows}
     ), moved AS (
       SELECT symbol, interval, event_time AS time,
         price * action / lag(price) OVER (PARTITION BY symbol, interval ORDER BY event_time) AS factor
       FROM recent
     )
     SELECT symbol, interval, time, factor FROM moved WHERE factor > $2 OR factor < 1 / $2 ORDER BY time DESC LIMIT 1000`,
    [days, factor],
  );
}
