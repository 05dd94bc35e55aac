/** One method more, less or of another version: the others, their states and their forecasts stay as they are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { combinedOf } from "../../../operators/forecasts/combined.js";
import { defineMethod, type ForecastingMethod } from "../../../operators/forecasts/method.js";
import { har } from "../../../operators/forecasts/methods/har.js";
import { naive } from "../../../operators/forecasts/methods/naive.js";
import { quantiles as ofModel } from "../../../operators/forecasts/methods/quantiles.js";
import { normalReturn } from "../../../operators/forecasts/normal-return.js";
import { forecastsBy } from "../../../operators/forecasts/operator.js";
import type { Bar, Forecast, ForecastsState } from "../../../schemas/generated/types.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { bar, fixtureBars, score, services } from "../../helpers/records.js";
import { barEvent, forecastsOf, scoreEvent, signalsOf } from "./events.js";
import { coresOf } from "./method-run.js";

/** Not the list, so that an entry more changes nothing here. */
const established: readonly ForecastingMethod[] = [naive, har, ofModel];
const bars = fixtureBars("AAPL", 120);
const key = "AAPL|1d";
const quantiles = [-0.03, -0.01, 0.001, 0.012, 0.03];

type MeanState = { readonly count: number; readonly sum: number };

/** Gives the number of returns it has seen, as a volatility. */
const counting = defineMethod<MeanState>({
  name: "counting",
  version: 1,
  description: "a test's",
  warmUp: 10,
  inCombined: true,
  empty: { count: 0, sum: 0 },
  step: ({ count, sum }, { logReturn }) => ({ count: count + 1, sum: sum + logReturn }),
  forecast: ({ count }, _, levels) => ({ ...normalReturn(0, 1, levels), volatility: count }),
});
const onTrial = { ...counting, inCombined: false };
const withOne = (method: ForecastingMethod<MeanState>) => [...established, method];

/** A stage whose build is replaced now and then. */
class Life {
  readonly state = new MemoryState<ForecastsState>();
  #sequence = 0;

  /** @returns the forecast after each bar */
  go(methods: readonly ForecastingMethod[], list: readonly Bar[]): Forecast[] {
    return list.flatMap((of) => forecastsOf(this.outcomesOf(methods, of)));
  }

  outcomesOf(methods: readonly ForecastingMethod[], of: Bar) {
    this.#sequence += 1;
    const scored = score(of, { up: 0.55, quantiles, sequence: this.#sequence });
    const outcomes = forecastsBy(methods).process([barEvent(of), scoreEvent(scored)], this.state, services);
    this.state.commit();
    return outcomes;
  }

  /** Names and what is kept of each. */
  get kept() {
    return this.state.get(key)?.current.methods ?? {};
  }

  /** What the methods besides this one keep. */
  besides(name: string) {
    return Object.entries(this.kept).filter(([other]) => other !== name);
  }
}

const others = ({ methods }: Forecast) => methods.filter(({ method }) => !["counting", "combined"].includes(method));
const names = ({ methods }: Forecast) => methods.map(({ method }) => method);

function untouched(list: readonly Bar[] = bars): Life {
  const life = new Life();
  life.go(established, list);
  return life;
}

test("a new method begins with the bars that come and the five still there; the others go on", () => {
  const life = new Life();
  const expected = new Life().go(established, bars);
  const first = life.go(established, bars.slice(0, 100));
  const then = life.go(withOne(counting), bars.slice(100));
  assert.deepEqual([...first, ...then].map(others), expected.map(others));
  const { counting: begun } = life.kept;
  assert.deepEqual(life.besides("counting"), Object.entries(untouched().kept));
  assert.deepEqual([begun?.bars, begun?.numbers.count], [26, 25]);
  // One bar was there before the five, and the warm-up is 10.
  const isPublished = then.map((forecast) => names(forecast).includes("counting"));
  assert.deepEqual(isPublished, [...Array.from({ length: 3 }, () => false), ...Array.from({ length: 17 }, () => true)]);
  assert.equal(then[3]?.methods.find(({ method }) => method === "counting")?.volatility, 9);
});

test("once warm it counts in combined; on trial it is published beside it", () => {
  const expected = new Life().go(established, bars).at(-1);
  const counted = new Life().go(withOne(counting), bars).at(-1);
  const tried = new Life().go(withOne(onTrial), bars).at(-1);
  assert.ok(expected && counted && tried);
  assert.deepEqual(names(counted), ["naive", "har", "quantiles", "counting", "combined"]);
  assert.deepEqual(names(tried), names(counted));
  assert.notDeepEqual(combinedOf(counted), combinedOf(expected));
  assert.deepEqual(combinedOf(tried), combinedOf(expected));
  const signals = [established, withOne(onTrial)].map((methods) =>
    signalsOf(bars.flatMap((of) => new Life().outcomesOf(methods, of))),
  );
  assert.deepEqual(signals[1], signals[0]);
});

test("a method on trial alone gives no forecast: there would be nothing to combine", () => {
  assert.deepEqual(new Life().go([onTrial], bars), []);
});

test("a corrected bar reaches a new method as it does the others", () => {
  const corrected = bar({ ...bars[97], close: bars[97]?.low ?? NaN, availableAt: bars[99]?.availableAt ?? NaN });
  const life = untouched(bars.slice(0, 100));
  life.go(withOne(counting), [bars[100] as Bar, corrected]);
  const seen = [...bars.slice(94, 97), corrected, ...bars.slice(98, 101)];
  const [expected] = coresOf([counting], seen).slice(-1);
  assert.equal(life.kept["counting"]?.numbers.count, 6);
  const [sum, wanted] = [life.kept["counting"].numbers.sum, expected?.methods["counting"]?.numbers.sum];
  assert.ok(Math.abs(Number(sum) - Number(wanted)) < 1e-12, `${String(sum)}, not ${String(wanted)}`);
});

test("beside a build that does not have it a method begins anew, whichever part of the state that build wrote", () => {
  for (const between of [1, 3, 8]) {
    const life = untouched(bars.slice(0, 100));
    const end = 101 + between;
    life.go(withOne(counting), [bars[100] as Bar]);
    life.go(established, bars.slice(101, end));
    assert.deepEqual(Object.keys(life.kept), ["naive", "har"], "it is not kept from where it would be behind");
    life.go(withOne(counting), bars.slice(end, end + 1));
    assert.equal(life.kept["counting"]?.numbers.count, 6, `${between} bars between`);
    assert.deepEqual(life.besides("counting"), Object.entries(untouched(bars.slice(0, end + 1)).kept));
  }
});

test("in the first bars of a series too", () => {
  const life = untouched(bars.slice(0, 3));
  life.go(withOne(counting), bars.slice(3, 4));
  const whole = new Life();
  whole.go(withOne(counting), bars.slice(0, 4));
  assert.deepEqual(life.state.get(key), whole.state.get(key));
});

test("a method of another version begins anew alone", () => {
  const methods = established.map((method) => (method.name === "naive" ? { ...method, version: 2 } : method));
  const life = untouched(bars.slice(0, 100));
  const [forecast] = life.go(methods, bars.slice(100, 101));
  const { naive: begun } = life.kept;
  assert.deepEqual(life.besides("naive"), untouched(bars.slice(0, 101)).besides("naive"));
  assert.deepEqual([begun?.version, begun?.bars, begun?.numbers.returns], [2, 7, 6]);
  assert.ok(forecast && names(forecast).includes(naive.name), "it is warm: it needs 2 bars");
});

test("a method that is gone leaves the others, and its state goes with the next bars", () => {
  const life = untouched(bars.slice(0, 100));
  const left = established.filter(({ name }) => name !== "har");
  const [forecast] = life.go(left, bars.slice(100, 101));
  assert.deepEqual(forecast && names(forecast), ["naive", "quantiles", "combined"]);
  assert.deepEqual(Object.keys(life.kept), ["naive"]);
});
