/** Target times by the calendar of the symbol's bars, and what lies beyond it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { calendarByName } from "../../../operators/calendar/calendars.js";
import { forecasts } from "../../../operators/forecasts/operator.js";
import { targetTime } from "../../../operators/forecasts/target-time.js";
import type { ForecastsState } from "../../../schemas/generated/types.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { bar, score, services } from "../../helpers/records.js";

/** [calendar, interval, bar, as of, target, horizon]; times in UTC. */
const cases = [
  ["XTKS", "1h", "2024-11-06T02:30Z", "2024-11-06T02:30Z", "2024-11-06T04:30Z", 1],
  ["XTKS", "1h", "2024-11-06T02:00Z", "2024-11-06T02:00Z", "2024-11-06T02:30Z", 1],
  ["XTKS", "1h", "2024-11-06T02:00Z", "2024-11-06T03:00Z", "2024-11-06T04:30Z", 2],
  ["XTKS", "1h", "2024-11-06T05:30Z", "2024-11-06T05:30Z", "2024-11-06T06:30Z", 1],
  ["XTKS", "1d", "2024-11-01T06:00Z", "2024-11-01T06:00Z", "2024-11-05T06:30Z", 1],
  ["XLON", "1d", "2024-03-28T16:30Z", "2024-03-28T16:30Z", "2024-04-02T15:30Z", 1],
  ["XLON", "30m", "2024-12-24T12:30Z", "2024-12-24T12:30Z", "2024-12-27T08:30Z", 1],
  ["XHKG", "1d", "2024-12-30T08:00Z", "2024-12-30T08:00Z", "2024-12-31T04:00Z", 1],
  ["XASX", "1d", "2024-10-04T06:00Z", "2024-10-04T06:00Z", "2024-10-07T05:00Z", 1],
  ["24/7", "1d", "2024-12-25T00:00Z", "2024-12-25T00:00Z", "2024-12-26T00:00Z", 1],
  ["24/7", "4h", "2024-12-28T22:00Z", "2024-12-28T22:00Z", "2024-12-29T00:00Z", 1],
  ["24/5", "1d", "2024-12-28T00:00Z", "2024-12-28T00:00Z", "2024-12-31T00:00Z", 1],
] as const;

test("what is forecast is the next close of a bar, by each calendar", () => {
  for (const [name, interval, barTime, asOf, target, horizon] of cases) {
    const found = targetTime(calendarByName(name), interval, Date.parse(barTime), Date.parse(asOf));
    assert.deepEqual(found, { targetTime: Date.parse(target), horizon }, `${name} ${interval} ${barTime}`);
  }
});

/** Bars of the last sessions that are known of Shanghai. */
function lastBars(count: number) {
  const shanghai = calendarByName("XSHG");
  const times: number[] = [];
  for (let time = Date.UTC(2026, 11, 1); times.length < 23; times.push(time)) time = shanghai.nextClose(time);
  return times.slice(-count).map((eventTime, index) => bar({ calendar: "XSHG", eventTime, close: 100 + index }));
}

test("a score about a day that the calendar does not know is rejected, not thrown at", () => {
  const state = new MemoryState<ForecastsState>();
  const bars = lastBars(10);
  const [before, last] = bars.slice(-2);
  assert.ok(before && last);
  assert.equal(new Date(last.eventTime).toISOString(), "2026-12-31T07:00:00.000Z");
  const inputs = bars.map((record) => ({ topic: "market.bars" as const, record }));
  assert.ok(forecasts.process(inputs, state, services).every(({ kind }) => kind === "absorb"));
  const scored = [before, last].map((of) => ({ topic: "scores" as const, record: score(of) }));
  const [known, beyond] = forecasts.process(scored, state, services);
  assert.equal(known?.kind, "emit");
  assert.deepEqual(beyond, {
    kind: "reject",
    code: "BEYOND_CALENDAR",
    reason: "what would be forecast of TEST lies beyond it: the calendar XSHG is known from 2000-01-01 to 2026-12-31",
  });
});

test("a symbol that moves to another exchange is forecast by the one of its latest bar", () => {
  const state = new MemoryState<ForecastsState>();
  const at = (calendar: string, time: string, close: number) => bar({ calendar, eventTime: Date.parse(time), close });
  const london = at("XLON", "2024-11-05T16:30Z", 100);
  const newYork = at("XNYS", "2024-11-06T21:00Z", 101);
  // A late correction of the bar in London changes the bar, and not where the symbol is traded.
  const corrected = at("XLON", "2024-11-05T16:30Z", 99);
  const inputs = [london, newYork, corrected].map((record) => ({ topic: "market.bars" as const, record }));
  forecasts.process(inputs, state, services);
  const [outcome] = forecasts.process([{ topic: "scores", record: score(newYork, { up: 0.6 }) }], state, services);
  assert.ok(outcome?.kind === "emit");
  const [made] = outcome.records;
  assert.ok(made?.topic === "forecasts");
  assert.equal(made.record.targetTime, Date.parse("2024-11-07T21:00Z"));
});
