/** Exchanges side by side through the real stages: nothing of one market reaches the symbols of another. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { noRouters } from "../../../models/runtime/routers.js";
import { calendarByName } from "../../../operators/calendar/calendars.js";
import { everyFeature } from "../../../operators/features/feature-sets.js";
import { simulateMinutes } from "../../../pipelines/ingest/simulation/simulate.js";
import { leakcheck } from "../../../pipelines/operations/leakcheck/leakcheck.js";
import { recordsOf, runOffline, type OfflineRecords } from "../../../pipelines/offline/run.js";
import { stages } from "../../../pipelines/stages/index.js";
import type { Bar, NewsArticle } from "../../../schemas/generated/types.js";
import { bar } from "../../helpers/records.js";

const names = ["XNYS", "XTKS", "XLON"] as const;
const barsEach = 90;
const services = { settings: { featureSets: ["core", everyFeature.name] }, routers: noRouters };
const derived = ["market.context", "features", "forecasts", "signals"] as const;

/** Bars and news of a made-up market with symbols of its own, from a Monday on that is a session everywhere. */
function historyOf(name: string): { bars: Bar[]; articles: NewsArticle[] } {
  const minutes = simulateMinutes({
    symbols: 5,
    minutes: barsEach,
    stepMinutes: 30,
    newsPerMinute: 0.05,
    missing: 0.01,
    start: Date.UTC(2024, 10, 4, 0, 0),
    seed: name,
    origin: "backfill",
    calendar: calendarByName(name),
  });
  const renamed = (symbol: string): string => `${symbol}.${name}`;
  const all = [...minutes];
  return {
    bars: all.flatMap(({ bars }) => bars.map((of) => bar({ ...of, symbol: renamed(of.symbol) }))),
    articles: all.flatMap(({ articles }) =>
      articles.map((of) => ({ ...of, id: `${name}-${of.id}`, symbols: of.symbols.map(renamed) })),
    ),
  };
}

const byTime = <Of extends { availableAt: number; id: string }>(records: Of[]): Of[] =>
  records.sort((one, other) => one.availableAt - other.availableAt || (one.id < other.id ? -1 : 1));

const inputsOf = (histories: ReturnType<typeof historyOf>[]): OfflineRecords => ({
  "market.bars": byTime(histories.flatMap(({ bars }) => bars)),
  "news.raw": byTime(histories.flatMap(({ articles }) => articles)),
});

const histories = names.map(historyOf);
const together = inputsOf(histories);
let all: OfflineRecords;

before(async () => {
  all = await runOffline(stages, together, services);
});

/** The market that a record is of. */
const marketOf = (record: object): string | undefined =>
  "symbol" in record ? String(record.symbol).split(".")[1] : "calendar" in record ? String(record.calendar) : undefined;

for (const [index, name] of names.entries()) {
  test(`${name} beside two others gives the records that it gives alone, to the bit`, async () => {
    const alone = await runOffline(stages, inputsOf(histories.slice(index, index + 1)), services);
    for (const topic of derived) {
      const own = recordsOf(all, topic).filter((record) => marketOf(record) === name);
      assert.ok(own.length > barsEach / 2, `${own.length} records of ${topic}`);
      assert.deepEqual(own, recordsOf(alone, topic), topic);
    }
  });
}

test("as one market they would not be the same", async () => {
  const bars = recordsOf(together, "market.bars").map((of) => ({ ...of, calendar: "XNYS" }));
  const merged = await runOffline(stages, { ...together, "market.bars": bars }, services);
  const contextOf = (records: OfflineRecords) =>
    recordsOf(records, "features")
      .filter((record) => marketOf(record) === "XNYS")
      .map(({ values }) => values);
  assert.notDeepEqual(contextOf(merged), contextOf(all));
});

test("every cross-section has an id of its own, also where exchanges close at the same moment", async () => {
  const [paris, frankfurt] = ["XPAR", "XETR"].map(historyOf);
  assert.ok(paris && frankfurt);
  const contexts = recordsOf(await runOffline(stages, inputsOf([paris, frankfurt]), services), "market.context");
  const times = new Set(contexts.map(({ eventTime }) => eventTime));
  assert.ok(times.size < contexts.length, "some are of one time");
  assert.equal(new Set(contexts.map(({ id }) => id)).size, contexts.length);
});

test("there are no bars in a lunch break, none is missing across it, and the next one after it is what is forecast", () => {
  const tokyo = calendarByName("XTKS");
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: tokyo.timeZone, timeStyle: "short" });
  const missing = everyFeature.names.indexOf("missing-bars");
  const present = new Set(recordsOf(together, "market.bars").map(({ symbol, eventTime }) => `${symbol} ${eventTime}`));
  const ofBar = recordsOf(all, "features").filter((record) => marketOf(record) === "XTKS" && record.trigger === "bar");
  let after = 0;
  for (const { symbol, featureSet, values, barTime } of ofBar) {
    const time = clock.format(barTime);
    assert.ok(time <= "11:30" || time >= "13:00", time);
    if (time !== "13:00" || featureSet !== everyFeature.id) continue;
    if (!present.has(`${symbol} ${barTime - 90 * 60_000}`)) continue;
    after += 1;
    assert.equal(values[missing], 0);
  }
  assert.ok(after > 10);
  const beforeLunch = recordsOf(all, "forecasts").filter(
    (record) =>
      marketOf(record) === "XTKS" && record.eventTime === record.barTime && clock.format(record.barTime) === "11:30",
  );
  assert.ok(beforeLunch.length > 0);
  for (const { targetTime, horizon } of beforeLunch) {
    assert.deepEqual([clock.format(targetTime), horizon], ["13:00", 1]);
  }
});

test("nothing leaks over three calendars", async () => {
  const times = recordsOf(together, "market.bars").map(({ availableAt }) => availableAt);
  const report = await leakcheck({
    stages,
    history: together,
    chain: (history) => runOffline(stages, history, services),
    cuts: [times[Math.floor(times.length * 0.8)] ?? 0],
    futures: ["everything", "prices"],
    seed: "calendars",
    featureNames: new Map([[everyFeature.id, everyFeature.names]]),
  });
  assert.ok(report.checked.every(({ records }) => records > 1000));
  assert.deepEqual([report.leaks, report.asOfFaults], [[], []]);
});
