/** A symbol's features go by its own calendar: sessions, gaps, the market that it reads, and news between its bars. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { calendarByName } from "../../../operators/calendar/calendars.js";
import { everyFeature } from "../../../operators/features/feature-sets.js";
import { features } from "../../../operators/features/operator.js";
import { FeatureView } from "../../../operators/features/view.js";
import type { FeaturesState, FeatureVector } from "../../../schemas/generated/types.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { bar, sentiment, services as calendars } from "../../helpers/records.js";
import { context } from "./events.js";

const services = { ...calendars, sets: [everyFeature] };
const indexOf = (name: string): number => everyFeature.names.indexOf(name);
const valueOf = (vector: FeatureVector | undefined, name: string): number | undefined => vector?.values[indexOf(name)];

const barsOf = (calendar: string, count: number, from: string, symbol = calendar) => {
  const of = calendarByName(calendar);
  const times: number[] = [];
  for (let time = Date.parse(from); times.length < count; times.push(time)) time = of.nextClose(time);
  return times.map((eventTime, index) => bar({ symbol, calendar, eventTime, close: 100 + Math.sin(index) }));
};

type Inputs = Parameters<typeof features.process>[0];
const run = (inputs: Inputs, state = new MemoryState<FeaturesState>()) => {
  const outcomes = features.process(inputs, state, services);
  return {
    outcomes,
    vectors: outcomes.flatMap((of) => (of.kind === "emit" ? of.records.map(({ record }) => record) : [])),
  };
};
const ofBars = (bars: ReturnType<typeof barsOf>): Inputs =>
  bars.map((record) => ({ topic: "market.bars" as const, record }));

const view = (calendar: string, asOf: string): Record<string, number> => {
  const of = new FeatureView(calendarByName(calendar));
  of.asOf = Date.parse(asOf);
  of.vector = 1;
  const wanted = everyFeature.features.filter(({ group }) => group === "calendar");
  return Object.fromEntries(wanted.map((feature) => [feature.name, feature.compute(of)]));
};

test("the phase of a session with a lunch break: trading time alone counts", () => {
  const at = (time: string) => {
    const { "session-open": open, "session-progress": progress, "session-before": before } = view("XTKS", time);
    return [open, progress, before];
  };
  // Tokyo: 09:00 to 11:30 and 12:30 to 15:30 from November 2024, 330 minutes.
  assert.deepEqual(at("2024-11-06T00:00:00Z"), [1, 0, 0]);
  assert.deepEqual(at("2024-11-06T01:00:00Z"), [1, 60 / 330, 0]);
  assert.deepEqual(at("2024-11-06T02:30:00Z"), [0, 150 / 330, 0]);
  assert.deepEqual(at("2024-11-06T03:00:00Z"), [0, 150 / 330, 0]);
  assert.deepEqual(at("2024-11-06T03:30:00Z"), [1, 150 / 330, 0]);
  assert.deepEqual(at("2024-11-06T06:00:00Z"), [1, 300 / 330, 0]);
  assert.deepEqual(at("2024-11-06T06:30:00Z"), [0, 1, 0]);
  assert.deepEqual(at("2024-11-05T23:00:00Z"), [0, 1, 1]);
});

test("a gap is one by the symbol's own sessions", () => {
  // July 4th: New York is closed, London is not.
  const gapOf = (calendar: string, times: readonly string[]) => {
    const bars = [
      ...barsOf(calendar, 60, "2024-03-01"),
      ...times.map((time) => bar({ symbol: calendar, calendar, eventTime: Date.parse(time) })),
    ];
    return valueOf(run(ofBars(bars)).vectors.at(-1), "missing-bars");
  };
  assert.equal(gapOf("XNYS", ["2024-07-03T17:00Z", "2024-07-05T20:00Z"]), 0);
  assert.equal(gapOf("XLON", ["2024-07-03T15:30Z", "2024-07-05T15:30Z"]), Math.log1p(1));
  assert.equal(gapOf("24/7", ["2024-07-05T00:00Z", "2024-07-08T00:00Z"]), Math.log1p(2));
  assert.equal(gapOf("24/5", ["2024-07-06T00:00Z", "2024-07-09T00:00Z"]), 0);
});

test("a symbol reads the cross-section of its own calendar, and so does its news", () => {
  const [london, newYork] = [barsOf("XLON", 60, "2024-03-01"), barsOf("XNYS", 60, "2024-03-01")];
  const last = Math.max(...[...london, ...newYork].map(({ eventTime }) => eventTime));
  const contexts = (["XNYS", "XLON"] as const).map((calendar) =>
    context({ calendar, eventTime: last, id: `market-${calendar}`, meanReturn: calendar === "XNYS" ? 0.01 : -0.02 }),
  );
  const state = new MemoryState<FeaturesState>();
  const rest: Inputs = [
    ...contexts.map((record) => ({ topic: "market.context" as const, record })),
    ...["XLON", "XNYS"].map((symbol) => ({
      topic: "news.sentiment" as const,
      record: sentiment({ symbol, eventTime: last + 1000 }),
    })),
  ];
  run([...ofBars(london), ...ofBars(newYork)], state);
  const { vectors } = run(rest, state);
  assert.deepEqual(
    vectors.map(({ symbol, marketId }) => [symbol, marketId]),
    [
      ["XLON", "market-XLON"],
      ["XNYS", "market-XNYS"],
    ],
  );
  // The key of New York stays what it was.
  const kept = ["market|1d", "market|1d|XLON", "market|1d|XNYS"].map((key) => state.get(key)?.market?.id);
  assert.deepEqual(kept, ["market-XNYS", "market-XLON", undefined]);
  assert.equal(state.get("XLON")?.calendar, "XLON");
});

test("XNAS is one market with XNYS", () => {
  const state = new MemoryState<FeaturesState>();
  run(ofBars(barsOf("XNYS", 3, "2024-03-01").map((of) => ({ ...of, calendar: "XNAS" }))), state);
  assert.equal(state.get("XNYS")?.calendar, "XNYS");
});

test("news of a moment that the symbol's calendar does not know is rejected, so that it can be replayed", () => {
  const state = new MemoryState<FeaturesState>();
  run(ofBars(barsOf("XSHG", 60, "2026-09-01")), state);
  const known = run(
    [{ topic: "news.sentiment", record: sentiment({ symbol: "XSHG", eventTime: Date.UTC(2026, 11, 31) }) }],
    state,
  );
  assert.equal(known.vectors.length, 1);
  const before = state.get("XSHG");
  const { outcomes } = run(
    [{ topic: "news.sentiment", record: sentiment({ symbol: "XSHG", eventTime: Date.UTC(2027, 0, 1) }) }],
    state,
  );
  assert.deepEqual(outcomes, [
    {
      kind: "reject",
      code: "BEYOND_CALENDAR",
      reason: "news of XSHG from 2027-01-01T00:00:00.000Z: the calendar XSHG is known from 2000-01-01 to 2026-12-31",
    },
  ]);
  assert.equal(state.get("XSHG"), before);
});
