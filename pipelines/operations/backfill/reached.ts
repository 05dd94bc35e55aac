/**
 * A history can only be added behind what a stack has reached: what the stages made of earlier times is made. Bars and
 * articles from before would be seen with the market and the news of now, and bars from before those of their symbol, if they were
 * seen at all: the earlier years of a series, or the same days once more by the closes of another calendar.
 */
import { findCalendar } from "../../../operators/calendar/calendars.js";
import type { Bar, NewsArticle } from "../../../schemas/generated/types.js";
import type { Queryable } from "../../../schemas/queryable.js";
import { UserError } from "../../runtime/errors.js";

/** What of a history lies before the moment that the stack has reached, or on a day that is there, and has not landed. */
export interface LateHistory {
  /** Latest availableAt of the news and bars that landed, ms since 1970. */
  readonly reached: number;
  /** Bars by symbol. */
  readonly bars: ReadonlyMap<string, number>;
  /** Of these symbols, those whose bars landed by another calendar than the history has for them. */
  readonly calendars: ReadonlyMap<string, OtherCalendar>;
  readonly news: number;
}

export interface OtherCalendar {
  /** That of the latest bar that landed. */
  readonly landed: string;
  readonly given: string;
}

type Reader = Pick<Queryable, "query">;

/**
 * @returns undefined where all of it lies behind, or has landed
 */
export async function lateHistory(
  database: Reader,
  news: readonly NewsArticle[],
  bars: readonly Bar[],
): Promise<LateHistory | undefined> {
  const reached = await reachedBy(database);
  if (reached === undefined) return undefined;
  const late = {
    reached,
    ...(await lateBars(database, bars, reached)),
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

/** Records that are looked up together. */
const portion = 10_000;

function* portions<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += portion) yield items.slice(from, from + portion);
}

async function lateBars(
  database: Reader,
  bars: readonly Bar[],
  reached: number,
): Promise<Pick<LateHistory, "bars" | "calendars">> {
  const late = new Map<string, number>();
  const calendars = new Map<string, OtherCalendar>();
  if (bars.length === 0) return { bars: late, calendars };
  const landed = await landedSeries(database);
  const count = ({ symbol, interval, calendar: given }: Bar): void => {
    late.set(symbol, (late.get(symbol) ?? 0) + 1);
    const of = landed.get(seriesOf(symbol, interval))?.calendar;
    if (of !== undefined && of !== given) calendars.set(symbol, { landed: of, given });
  };
  const mayBeThere: Bar[] = [];
  for (const bar of bars) {
    const series = landed.get(seriesOf(bar.symbol, bar.interval));
    const isBefore = bar.availableAt <= reached;
    if (series && bar.eventTime <= series.latest) {
      if (isBefore) mayBeThere.push(bar);
    } else if (isBefore || (series && isOnLandedDay(bar, series))) count(bar);
  }
  // Only what is there has landed: the others lie before the first, between two, or beside them.
  for (const asked of portions(mayBeThere)) for (const bar of await missing(database, asked)) count(bar);
  return { bars: late, calendars };
}

interface LandedSeries {
  /** Close of its latest bar. */
  readonly latest: number;
  /** Of that bar. */
  readonly calendar: string;
}

/** Whether a daily bar that closes after the latest one is of its day all the same, by another calendar. */
function isOnLandedDay({ interval, calendar, eventTime }: Bar, { latest, calendar: landed }: LandedSeries): boolean {
  if (interval !== "1d" || calendar === landed) return false;
  const [own, other] = [findCalendar(calendar), findCalendar(landed)];
  // The close of a session that ends at midnight is of the day before.
  return own !== undefined && other !== undefined && own.dateOf(eventTime - 1) <= other.dateOf(latest - 1);
}

const seriesOf = (symbol: string, interval: string): string => `${symbol} ${interval}`;

async function landedSeries(database: Reader): Promise<Map<string, LandedSeries>> {
  const { rows } = await database.query<{ symbol: string; interval: string; calendar: string; latest: Date }>(
    "SELECT symbol, interval, calendar, max(event_time) AS latest FROM bars GROUP BY symbol, interval, calendar ORDER BY latest",
  );
  return new Map(
    rows.map(({ symbol, interval, calendar, latest }) => [
      seriesOf(symbol, interval),
      { latest: latest.getTime(), calendar },
    ]),
  );
}

/** Those of the bars that are not there, in whatever version. */
async function missing(database: Reader, bars: readonly Bar[]): Promise<Bar[]> {
  const { rows } = await database.query<{ place: string }>(
    `SELECT asked.place
     FROM unnest($1::text[], $2::text[], $3::timestamptz[]) WITH ORDINALITY AS asked (symbol, interval, event_time, place)
     LEFT JOIN bars USING (symbol, interval, event_time)
     WHERE bars.symbol IS NULL`,
    [
      bars.map(({ symbol }) => symbol),
      bars.map(({ interval }) => interval),
      bars.map(({ eventTime }) => new Date(eventTime)),
    ],
  );
  return rows.flatMap(({ place }) => bars[Number(place) - 1] ?? []);
}

async function lateNews(database: Reader, news: readonly NewsArticle[], reached: number): Promise<number> {
  const ids = news.filter(({ availableAt }) => availableAt <= reached).map(({ id }) => id);
  let landed = 0;
  for (const asked of portions(ids)) {
    const { rows } = await database.query<{ count: string }>("SELECT count(*) AS count FROM news WHERE id = ANY($1)", [
      asked,
    ]);
    landed += Number(rows[0]?.count ?? 0);
  }
  return ids.length - landed;
}

const number = (value: number): string => value.toLocaleString("en-US");

/** The error for a history that cannot be inserted. */
export function refusalOfLate({ reached, bars, calendars, news }: LateHistory): UserError {
  const symbols = [...bars].sort(([, left], [, right]) => right - left).map(([symbol]) => symbol);
  const count = [...bars.values()].reduce((sum, of) => sum + of, 0);
  const parts = [
    ...(count > 0 ? [`${number(count)} bars of ${listed(symbols, "symbols")}`] : []),
    ...(news > 0 ? [`${number(news)} articles`] : []),
  ];
  const others = [...calendars].map(([symbol, { landed, given }]) => `${symbol} (${landed}, now ${given})`);
  const calendar =
    others.length > 0 ? `. Bars landed by another calendar than they have now: ${listed(others, "symbols")}` : "";
  const back =
    others.length > 0
      ? "Where the other exchange is a mistake, give the listing back the one that it had in the universe. Otherwise load"
      : "Load";
  return new UserError(
    `This stack has reached ${new Date(reached).toISOString()}: ${parts.join(" and ")} lie before that and cannot be inserted${calendar}. Nothing was loaded`,
    `${back} everything together into a fresh stack: \`newstape down --clean\`, or another NEWSTAPE_TOPIC_PREFIX with a DATABASE_URL of its own. With --late it is loaded all the same: its features then see the market and the news as they are now, and bars that are older than the last five of their symbol are rejected (BAR_TOO_OLD).`,
  );
}

/** The first ten, and how many more. */
function listed(names: readonly string[], what: string): string {
  const more = names.length - 10;
  return `${names.slice(0, 10).join(", ")}${more > 0 ? ` and ${number(more)} more ${what}` : ""}`;
}
