/**
 * A history can only be added behind what a stack has reached: what the stages made of earlier times is made. Bars and
 * articles from before would be seen with the market and the news of now.
 */
import type { Bar, NewsArticle } from "../../../schemas/generated/types.js";
import type { Queryable } from "../../../schemas/queryable.js";
import { UserError } from "../../runtime/errors.js";

/** What of a history lies before the moment that the stack has reached, and is not there yet. */
export interface LateHistory {
  /** Latest availableAt of the news and bars that landed, ms since 1970. */
  readonly reached: number;
  /** Bars by symbol. */
  readonly bars: ReadonlyMap<string, number>;
  readonly news: number;
}

type Reader = Pick<Queryable, "query">;

/**
 * @param news sorted by availableAt
 * @param bars sorted by availableAt
 * @returns undefined where all of it lies behind, or has landed
 */
export async function lateHistory(
  database: Reader,
  news: readonly NewsArticle[],
  bars: readonly Bar[],
): Promise<LateHistory | undefined> {
  const first = Math.min(news[0]?.availableAt ?? Infinity, bars[0]?.availableAt ?? Infinity);
  const reached = await reachedBy(database);
  if (reached === undefined || first > reached) return undefined;
  const late = {
    reached,
    bars: await lateBars(database, bars, reached),
    news: await lateNews(database, news, reached),
  };
  return late.bars.size > 0 || late.news > 0 ? late : undefined;
}

async function reachedBy(database: Reader): Promise<number | undefined> {
  const { rows } = await database.query<{ reached: Date | null }>(
    "SELECT greatest((SELECT max(available_at) FROM news), (SELECT max(available_at) FROM bars)) AS reached",
  );
  return rows[0]?.reached?.getTime();
}

async function lateBars(database: Reader, bars: readonly Bar[], reached: number): Promise<Map<string, number>> {
  const late = new Map<string, number>();
  if ((bars[0]?.availableAt ?? Infinity) > reached) return late;
  const { rows } = await database.query<{ symbol: string; interval: string; latest: Date }>(
    "SELECT symbol, interval, max(event_time) AS latest FROM bars GROUP BY symbol, interval",
  );
  const latest = new Map(rows.map((row) => [`${row.symbol} ${row.interval}`, row.latest.getTime()]));
  for (const { symbol, interval, eventTime, availableAt } of bars) {
    if (availableAt > reached) break;
    if (eventTime <= (latest.get(`${symbol} ${interval}`) ?? -Infinity)) continue;
    late.set(symbol, (late.get(symbol) ?? 0) + 1);
  }
  return late;
}

/** Articles that are looked up together. */
const portion = 10_000;

async function lateNews(database: Reader, news: readonly NewsArticle[], reached: number): Promise<number> {
  const until = news.findIndex(({ availableAt }) => availableAt > reached);
  const ids = news.slice(0, until < 0 ? news.length : until).map(({ id }) => id);
  let landed = 0;
  for (let from = 0; from < ids.length; from += portion) {
    const { rows } = await database.query<{ count: string }>("SELECT count(*) AS count FROM news WHERE id = ANY($1)", [
      ids.slice(from, from + portion),
    ]);
    landed += Number(rows[0]?.count ?? 0);
  }
  return ids.length - landed;
}

const number = (value: number): string => value.toLocaleString("en-US");

/** The error for a history that cannot be inserted. */
export function refusalOfLate({ reached, bars, news }: LateHistory): UserError {
  const symbols = [...bars].sort(([, left], [, right]) => right - left);
  const count = symbols.reduce((sum, [, of]) => sum + of, 0);
  const named = symbols.slice(0, 10).map(([symbol]) => symbol);
  const others = symbols.length > named.length ? ` and ${number(symbols.length - named.length)} more symbols` : "";
  const parts = [
    ...(count > 0 ? [`${number(count)} bars of ${named.join(", ")}${others}`] : []),
    ...(news > 0 ? [`${number(news)} articles`] : []),
  ];
  return new UserError(
    `This stack has reached ${new Date(reached).toISOString()}: ${parts.join(" and ")} lie before that and cannot be inserted. Nothing was loaded`,
    "Load everything together into a fresh stack: `newstape down --clean`, or another NEWSTAPE_TOPIC_PREFIX with a DATABASE_URL of its own. With --late it is loaded all the same: its features then see the market and the news as they are now.",
  );
}
