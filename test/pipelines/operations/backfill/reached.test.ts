/** What of a history counts as landed, and what is refused before anything is loaded. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { lateHistory, refusalOfLate, type LateHistory } from "../../../../pipelines/operations/backfill/reached.js";
import type { Queryable } from "../../../../schemas/queryable.js";
import type { Bar } from "../../../../schemas/generated/types.js";
import { calendarByName } from "../../../../operators/calendar/calendars.js";
import { article } from "../../../helpers/landing-records.js";
import { bar } from "../../../helpers/records.js";

const days = ["2024-01-29", "2024-01-30", "2024-01-31"];
const of = (symbol: string, calendar: string, dates: readonly string[] = days): Bar[] =>
  dates.map((date) => {
    const eventTime = calendarByName(calendar).session(date)?.close ?? NaN;
    return bar({ symbol, calendar, eventTime, availableAt: eventTime });
  });
const inTime = (...bars: Bar[]): Bar[] => bars.sort((one, other) => one.availableAt - other.availableAt);

/** A database in which these have landed. Each answer is that of the statement. */
function databaseWith(landed: readonly Bar[]) {
  const asked: number[] = [];
  const series = new Map<string, Bar>();
  for (const one of inTime(...landed)) series.set(`${one.symbol} ${one.interval} ${one.calendar}`, one);
  const answer = (text: string, values: readonly unknown[]): unknown[] => {
    if (text.includes("greatest(")) return [{ reached: new Date(Math.max(...landed.map((one) => one.availableAt))) }];
    if (text.includes("FROM news")) return [{ count: "0" }];
    if (text.includes("GROUP BY"))
      return inTime(...series.values()).map((last) => ({ ...last, latest: new Date(last.eventTime) }));
    const [symbols = [], intervals = [], times = []] = values as [string[], string[], Date[]];
    asked.push(symbols.length);
    const isThere = (place: number): boolean =>
      landed.some(
        ({ symbol, interval, eventTime }) =>
          symbol === symbols[place] && interval === intervals[place] && eventTime === times[place]?.getTime(),
      );
    return symbols.flatMap((_, place) => (isThere(place) ? [] : [{ place: String(place + 1) }]));
  };
  const query = async (text: string, values: readonly unknown[] = []) => ({
    rows: answer(text, values),
    rowCount: null,
  });
  return { asked, database: { query } as unknown as Pick<Queryable, "query"> };
}

const late = (landed: readonly Bar[], given: readonly Bar[]): Promise<LateHistory | undefined> =>
  lateHistory(databaseWith(landed).database, [], given);
const counts = (found: LateHistory | undefined) => Object.fromEntries(found?.bars ?? []);

test("what has landed, in whatever version, and what lies behind it are let through", async () => {
  const landed = of("VOD.L", "XLON");
  assert.equal(await late(landed, landed), undefined, "the same bars");
  assert.equal(await late(landed, [...landed, ...of("VOD.L", "XLON", ["2024-02-01"])]), undefined, "and more");
  const corrected = landed.map((one) => bar({ ...one, volume: 7 }));
  assert.equal(await late(landed, corrected), undefined, "corrections");
  assert.equal(await late(landed, of("VOD.L", "XNYS", ["2024-02-01"])), undefined, "another calendar from now on");
});

test("the earlier years of a symbol are refused, and so is a day that is missing", async () => {
  const landed = of("VOD.L", "XLON");
  const earlier = of("VOD.L", "XLON", ["2023-01-03", "2023-01-04"]);
  const found = await late(landed, [...earlier, ...landed]);
  assert.deepEqual(counts(found), { "VOD.L": 2 });
  assert.ok(found);
  const { message, remedy } = refusalOfLate(found);
  assert.match(
    message,
    /reached 2024-01-31T16:30:00.000Z: 2 bars of VOD.L lie before that.*cannot be inserted\. Nothing/,
  );
  assert.match(remedy ?? "", /^Load everything together into a fresh stack.*--late.*BAR_TOO_OLD/);
  assert.deepEqual(counts(await late([landed[0], landed[2]] as Bar[], landed)), { "VOD.L": 1 });
});

test("the same days by another calendar are refused, and both calendars are named", async () => {
  const landed = inTime(...of("VOD.L", "XNYS"), ...of("AAPL", "XNYS"));
  const found = await late(landed, inTime(...of("VOD.L", "XLON"), ...of("AAPL", "XNYS")));
  assert.deepEqual(counts(found), { "VOD.L": 3 });
  assert.ok(found);
  const { message, remedy } = refusalOfLate(found);
  assert.match(message, /3 bars of VOD.L.*another calendar than they have now: VOD.L \(XNYS, now XLON\)\. Nothing/);
  assert.match(remedy ?? "", /give the listing back the one that it had in the universe\. Otherwise load everything/);
});

test("a second bar of the last day, by another calendar that closes later, is refused", async () => {
  const found = await late(of("VOD.L", "XLON"), of("VOD.L", "XNYS", ["2024-01-31", "2024-02-01"]));
  assert.deepEqual(counts(found), { "VOD.L": 1 });
  assert.deepEqual(found?.calendars.get("VOD.L"), { landed: "XLON", given: "XNYS" });
});

test("another symbol, and another interval, over the same days is refused", async () => {
  const landed = of("AAPL", "XNYS");
  assert.deepEqual(counts(await late(landed, inTime(...landed, ...of("MSFT", "XNYS")))), { MSFT: 3 });
  const hours = landed.map((one) => bar({ ...one, interval: "1h" }));
  assert.deepEqual(counts(await late(landed, hours)), { AAPL: 3 });
});

test("bars are looked up in portions, and only those that may have landed", async () => {
  const start = Date.UTC(2024, 0, 1);
  const minutes = Array.from({ length: 25_000 }, (_, index) =>
    bar({ symbol: "AAPL", interval: "1m", eventTime: start + index * 60_000, availableAt: start + index * 60_000 }),
  );
  const last = minutes.at(-1) as Bar;
  const { asked, database } = databaseWith([last]);
  const found = await lateHistory(database, [], [...minutes, ...of("AAPL", "XNYS", ["2024-02-01"])]);
  assert.deepEqual(asked, [10_000, 10_000, 5000]);
  assert.deepEqual(counts(found), { AAPL: 24_999 });
});

test("articles from before are counted", async () => {
  const [, second] = of("AAPL", "XNYS");
  const news = [article({ symbols: ["AAPL"], eventTime: second?.eventTime ?? 0, availableAt: second?.eventTime ?? 0 })];
  const found = await lateHistory(databaseWith(of("AAPL", "XNYS")).database, news, []);
  assert.equal(found?.news, 1);
});
