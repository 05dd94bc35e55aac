import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import avro from "avsc";
import type { ForecastingMethod } from "../../../operators/forecasts/method.js";
import { forecastingMethods } from "../../../operators/forecasts/methods/list.js";
import { forecasts } from "../../../operators/forecasts/operator.js";
import { schemaDirectory } from "../../../schemas/files.js";
import type { Bar, ForecastsState } from "../../../schemas/generated/types.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { bar, fixtureBars, score, services } from "../../helpers/records.js";
import { barEvent, forecastsOf, scoreEvent, signalsOf, type ForecastEvent } from "./events.js";

const bars = fixtureBars("AAPL", 120);
const last = bars.at(-1) as Bar;
const quantiles = [-0.03, -0.01, 0.001, 0.012, 0.03];
const run = (events: readonly ForecastEvent[], state = new MemoryState<ForecastsState>()) => {
  const outcomes = forecasts.process(events, state, services);
  state.commit();
  return outcomes;
};
const after = (list: readonly Bar[], ...events: ForecastEvent[]) => run([...list.map(barEvent), ...events]);

const methodsIn = (which: (method: ForecastingMethod) => boolean): string[] =>
  forecastingMethods.filter(which).map(({ name }) => name);

test("a bar only updates the state; a score whose bar was read gives a forecast and its signal", () => {
  const made = score(last, { up: 0.58, move: 0.3, quantiles, sequence: 9 });
  const outcomes = after(bars, scoreEvent(made));
  assert.ok(outcomes.slice(0, -1).every(({ kind }) => kind === "absorb"));
  const [forecast] = forecastsOf(outcomes);
  const [signal] = signalsOf(outcomes);
  assert.deepEqual(
    forecast?.methods.map(({ method }) => method),
    [...methodsIn(({ warmUp }) => warmUp <= bars.length), "combined"],
  );
  assert.equal(forecast.scoreId, made.id);
  assert.equal(forecast.sequence, 9);
  assert.equal(forecast.targetTime, services.calendar.nextClose(last.eventTime));
  assert.equal(forecast.horizon, 1);
  assert.equal(forecast.modelVersion, "return-trees@3");
  assert.equal(signal?.forecastId, forecast.id);
  assert.equal(signal.validUntil, forecast.targetTime);
  assert.equal(signal.direction, "up");
});

test("without a return model the naive method names the version, and the usual levels are used", () => {
  const [forecast] = forecastsOf(after(bars.slice(0, 40), scoreEvent(score(bars[39] as Bar))));
  assert.deepEqual(
    forecast?.methods.map(({ method }) => method),
    [...methodsIn(({ warmUp }) => warmUp > 0 && warmUp <= 40), "combined"],
  );
  assert.deepEqual(forecast.methods[0]?.levels, [0.05, 0.25, 0.5, 0.75, 0.95]);
  assert.equal(forecast.modelVersion, "naive@1");
});

test("a score waits for its bar and comes out with it, as if it had come after it", () => {
  const scored = scoreEvent(score(last, { up: 0.4, quantiles }));
  const early = run([...bars.slice(0, -1).map(barEvent), scored, barEvent(last)]);
  assert.deepEqual(
    early.slice(-2).map(({ kind }) => kind),
    ["absorb", "emit"],
  );
  assert.deepEqual(early.at(-1), after(bars, scored).at(-1));
});

test("a waiting score that comes again is a duplicate", () => {
  const scored = scoreEvent(score(last));
  assert.equal(after(bars.slice(0, -1), scored, scored).at(-1)?.kind, "duplicate");
});

test("a score of a corrected bar waits for the correction; one of the replaced version does not", () => {
  const corrected = bar({ ...last, close: last.low, availableAt: last.availableAt + 60_000 });
  const scored = scoreEvent(score(corrected, { quantiles }));
  const waiting = after(bars, scored, barEvent(corrected));
  assert.deepEqual(
    waiting.slice(-2).map(({ kind }) => kind),
    ["absorb", "emit"],
  );
  const [forecast] = forecastsOf(after(bars, barEvent(corrected), scoreEvent(score(last, { quantiles }))));
  assert.equal(forecast?.asOf, corrected.availableAt, "the correction was used");
});

test("a score of an earlier bar is answered from the bars up to that one", () => {
  const scored = scoreEvent(score(bars.at(-3) as Bar, { quantiles }));
  const [late] = forecastsOf(after(bars, scored));
  const [onTime] = forecastsOf(after(bars.slice(0, -2), scored));
  assert.deepEqual(late, onTime);
  const [tooFar] = forecastsOf(after(bars, scoreEvent(score(bars.at(-9) as Bar, { quantiles }))));
  assert.deepEqual(
    tooFar?.methods.map(({ method }) => method),
    [...methodsIn(({ warmUp }) => warmUp === 0), "combined"],
  );
});

test("a waiting score is answered when a later bar shows that its own will not come", () => {
  const missing = bar({ ...last, volume: 5 });
  const next = bar({ ...last, eventTime: services.calendar.nextClose(last.eventTime) });
  const outcomes = after(bars, scoreEvent(score(missing, { quantiles })), barEvent(next));
  assert.deepEqual(
    outcomes.slice(-2).map(({ kind }) => kind),
    ["absorb", "emit"],
  );
});

test("the seventeenth waiting score has the oldest answered; none is lost", () => {
  const ahead = Array.from({ length: 17 }, (_, index) => score(last, { quantiles, sequence: index + 1 }));
  const state = new MemoryState<ForecastsState>();
  run(bars.slice(0, -1).map(barEvent), state);
  const outcomes = run(ahead.map(scoreEvent), state);
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    [...Array.from({ length: 16 }, () => "absorb"), "emit"],
  );
  assert.deepEqual(
    forecastsOf(outcomes).map(({ sequence }) => sequence),
    [1],
  );
  const released = forecastsOf(run([barEvent(last)], state)).map(({ sequence }) => sequence);
  assert.deepEqual(
    released,
    ahead.slice(1).map(({ sequence }) => sequence),
  );
});

test("a score for which no method has a forecast gives nothing", () => {
  assert.equal(run([scoreEvent(score(last))]).at(0)?.kind, "absorb");
  const [first] = bars as [Bar];
  assert.equal(run([barEvent(first), scoreEvent(score(first))]).at(-1)?.kind, "absorb");
});

test("scores that make no sense are rejected", () => {
  for (const fields of [
    { up: 1.2 },
    { move: -0.1 },
    { levels: [0.5, 0.4], quantiles: [0, 0] },
    { levels: [0, 0.5], quantiles: [0, 0] },
    { levels: [0.5], quantiles: [0, 0] },
  ]) {
    const outcome = run([scoreEvent(score(last, fields))])[0];
    assert.equal(outcome?.kind === "reject" && outcome.code, "INVALID_FIELD", JSON.stringify(fields));
  }
});

test("bars of another interval have a state of their own", () => {
  const minute = bar({ ...last, interval: "1m" });
  const [outcome] = run([barEvent(last), scoreEvent(score(minute, { quantiles }))]).slice(-1);
  assert.equal(outcome?.kind, "absorb");
});

test("asOf never goes back", () => {
  const first = score(last, { quantiles, sequence: 1, asOf: last.availableAt + 5000 });
  const second = score(last, { quantiles, sequence: 2, asOf: last.availableAt });
  assert.deepEqual(
    forecastsOf(after(bars, scoreEvent(first), scoreEvent(second))).map(({ asOf }) => asOf - last.availableAt),
    [5000, 5000],
  );
});

test("a symbol's state takes at most 16 KiB", (context) => {
  const type = avro.Type.forSchema(
    JSON.parse(readFileSync(join(schemaDirectory, "forecasts.state.avsc"), "utf8")) as avro.Schema,
  );
  const state = new MemoryState<ForecastsState>();
  run(bars.slice(0, -1).map(barEvent), state);
  const usual = type.toBuffer(state.get("AAPL|1d")).length;
  const levels = Array.from({ length: 25 }, (_, index) => (index + 1) / 26);
  const ahead = Array.from({ length: 16 }, (_, index) =>
    score(last, { up: 0.5, move: 0.5, levels, quantiles: levels, sequence: index + 1 }),
  );
  run(ahead.map(scoreEvent), state);
  const most = type.toBuffer(state.get("AAPL|1d")).length;
  context.diagnostic(`${usual} bytes; ${most} bytes with 16 waiting scores of 25 levels`);
  assert.ok(most <= 16_384, `${most} bytes`);
});
