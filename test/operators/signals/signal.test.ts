import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { makeSignal } from "../../../operators/signals/signal.js";
import type { Forecast, Signal } from "../../../schemas/generated/types.js";

const forecast = (median = 0, volatility = 0.02): Forecast => ({
  id: "forecast",
  symbol: "TEST",
  scoreId: "score",
  sequence: 1,
  eventTime: 1,
  asOf: 2,
  origin: "live",
  interval: "1d",
  barId: "bar",
  barTime: 1,
  close: 10,
  targetTime: 3,
  horizon: 1,
  methods: [
    { method: "combined", levels: [0.1, 0.5, 0.9], quantiles: [median - 0.01, median, median + 0.01], volatility },
  ],
  modelVersion: "naive@1",
});
const signal = (score: Partial<Parameters<typeof makeSignal>[0]>, median = 0, volatility = 0.02): Signal =>
  makeSignal(
    { direction: 0.5, move: 0.5, sentimentMean: 0, sentimentCount: 0, trained: null, ...score },
    forecast(median, volatility),
  );
const weights = ({ reasons }: Signal): Record<string, number> =>
  Object.fromEntries(reasons.map(({ name, weight }) => [name, weight]));
const near = (found: number | undefined, value: number): void =>
  assert.ok(Math.abs((found ?? NaN) - value) < 1e-12, `${found}, not ${value}`);

test("nothing known gives nothing", () => {
  const flat = signal({});
  assert.equal(flat.direction, "flat");
  assert.equal(flat.strength, 0);
  assert.equal(flat.confidence, 0.5);
  assert.equal(flat.validUntil, 3);
});

test("a signal says whether its models were trained on the symbol, as far as that is known", () => {
  for (const trained of [true, false, null]) assert.equal(signal({ trained }).trained, trained);
});

test("the combined view is found by its name, wherever it stands", () => {
  const [combined] = forecast(0.0025).methods;
  assert.ok(combined);
  const other = { ...combined, method: "zeta", quantiles: [-1, -1, -1], volatility: 1 };
  const score = { direction: null, move: null, sentimentMean: 0, sentimentCount: 0, trained: null };
  const alone = makeSignal(score, forecast(0.0025));
  assert.deepEqual(makeSignal(score, { ...forecast(), methods: [combined, other] }), alone);
  assert.throws(() => makeSignal(score, { ...forecast(), methods: [other] }), /has no combined view/);
});

test("each part has the documented weight", () => {
  const found = weights(signal({ direction: 0.55, move: 0.9, sentimentMean: 0.5, sentimentCount: 3 }, 0.0025, 0.02));
  near(found["direction"], 0.25);
  near(found["expected-return"], 0.1);
  near(found["sentiment"], 0.3 * 0.5 * 0.75);
  const directed = 0.25 + 0.1 + 0.1125;
  near(found["move"], directed * 0.25 * 0.8);
  near(found["volatility"], -directed * 0.25 * 0.5);
});

test("the direction is that of P(up) outside the dead band", () => {
  assert.equal(signal({ direction: 0.53 }).direction, "up");
  assert.equal(signal({ direction: 0.47 }).direction, "down");
  assert.equal(signal({ direction: 0.515 }).direction, "flat");
  assert.equal(signal({ direction: null }).direction, "flat");
  assert.equal(signal({ direction: 0.47 }).confidence, 0.53);
});

test("a direction that all else outweighs is flat", () => {
  const outweighed = signal({ direction: 0.53, sentimentMean: -1, sentimentCount: 20 });
  assert.ok(outweighed.strength < 0);
  assert.equal(outweighed.direction, "flat");
});

test("few or old articles count less", () => {
  const many = signal({ sentimentMean: 0.8, sentimentCount: 10 }).strength;
  const few = signal({ sentimentMean: 0.8, sentimentCount: 0.1 }).strength;
  assert.ok(many > few && few > 0);
});

test("a target that was not scored is left out", () => {
  const names = signal({ direction: null, move: null }).reasons.map(({ name }) => name);
  assert.deepEqual(names, ["sentiment", "expected-return", "volatility"]);
});

test("the reasons' weights sum to the strength before clipping, which is symmetric and in [−1, 1]", () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const signed = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      unit,
      unit,
      signed,
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      signed,
      unit,
      (direction, move, sentimentMean, sentimentCount, median, volatility) => {
        const found = signal({ direction, move, sentimentMean, sentimentCount }, median, volatility);
        const sum = found.reasons.reduce((total, { weight }) => total + weight, 0);
        near(found.strength, Math.min(1, Math.max(-1, sum)));
        const mirrored = signal(
          { direction: 1 - direction, move, sentimentMean: -sentimentMean, sentimentCount },
          -median,
          volatility,
        );
        near(mirrored.strength, -found.strength);
        assert.ok(found.confidence >= 0.5 && found.confidence <= 1);
      },
    ),
  );
});
