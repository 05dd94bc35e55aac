/** No live forecast stands on a bar that had come too late; what says how late is in the records. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { always } from "../../../operators/calendar/always.js";
import { forecasts } from "../../../operators/forecasts/operator.js";
import { isStale, mostSessionsLate } from "../../../operators/forecasts/stale-bar.js";
import type { Bar, ForecastsState } from "../../../schemas/generated/types.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { bar, fixtureBars, score, services, sessionCloses } from "../../helpers/records.js";
import { barEvent, forecastsOf, scoreEvent, signalsOf, type ForecastEvent } from "./events.js";

const bars = fixtureBars("AAPL", 60);
const last = bars.at(-1) as Bar;
const closes = sessionCloses(12, last.eventTime);
const year = 365 * 86_400_000;

function run(events: readonly ForecastEvent[]) {
  return forecasts.process(events, new MemoryState<ForecastsState>(), services);
}

/** The outcome of a live score on the last bar, which was known from a moment on. */
function onBarOf(availableAt: number, origin: Bar["origin"] = "live") {
  const late = bar({ ...last, availableAt, origin });
  const scored = score(late, { up: 0.6, asOf: Math.max(availableAt, last.eventTime), origin });
  return run([...bars.slice(0, -1).map(barEvent), barEvent(late), scoreEvent(scored)]);
}

test("a bar of last year gives no live forecast and no signal, and says so", () => {
  const outcomes = onBarOf(last.eventTime + year);
  assert.deepEqual(forecastsOf(outcomes), []);
  assert.deepEqual(signalsOf(outcomes), []);
  assert.deepEqual(outcomes.at(-1), { kind: "absorb", notes: [{ without: "forecast", because: "stale bar" }] });
});

test("a bar within five sessions gives both, over weekends and holidays; from the sixth close on neither", () => {
  const lateBy = (sessions: number): number => (closes[sessions - 1] ?? NaN) + 3_600_000;
  for (const sessions of [1, 2, mostSessionsLate]) assert.equal(signalsOf(onBarOf(lateBy(sessions))).length, 1);
  assert.equal(signalsOf(onBarOf(lateBy(mostSessionsLate + 1) - 3_700_000)).length, 1, "before the close");
  assert.equal(signalsOf(onBarOf(lateBy(mostSessionsLate + 1))).length, 0);
});

test("history is known from its close on, and what comes live later stands on it", () => {
  assert.equal(signalsOf(onBarOf(last.eventTime, "backfill")).length, 1);
  // Even one that a backfill of later loaded: it is no claim about now.
  assert.equal(signalsOf(onBarOf(last.eventTime + year, "backfill")).length, 1);
  const news = score(last, { up: 0.6, asOf: last.eventTime + year, origin: "live" });
  assert.equal(signalsOf(run([...bars.map(barEvent), scoreEvent(news)])).length, 1);
});

test("a score that waited for such a bar gives nothing either", () => {
  const late = bar({ ...last, availableAt: last.eventTime + year, origin: "live" });
  const waiting = score(late, { up: 0.6, asOf: late.availableAt });
  const outcomes = run([...bars.slice(0, -1).map(barEvent), scoreEvent(waiting), barEvent(late)]);
  assert.equal(outcomes.at(-1)?.kind, "absorb");
});

void describe("in a market that never closes", () => {
  const at = (days: number) => ({ time: 0, availableAt: days * 86_400_000 });
  test("days are sessions", () => {
    assert.equal(isStale(always, { origin: "live" }, at(5)), false);
    assert.equal(isStale(always, { origin: "live" }, at(7)), true);
    assert.equal(isStale(always, { origin: "backfill" }, at(7)), false);
  });
});
