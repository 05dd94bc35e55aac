/** The recursive indicators against another implementation, on every bar of real series. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AverageGain, AverageLoss, BollingerBands, MACD, ROC, SMA } from "technicalindicators";
import { emptyCore, stepCore } from "../../../../operators/features/core.js";
import { featureList } from "../../../../operators/features/feature-set.js";
import type { Feature } from "../../../../operators/features/feature.js";
import type { Bar, FeaturesCore } from "../../../../schemas/generated/types.js";
import { fixtureBars, fixtureSymbols } from "../../../helpers/records.js";

const tolerance = 1e-9;
const nothing = { sentimentMean: 0, sentimentCount: 0, dayFraction: 0, weekFraction: 0 };

/** A feature after each bar, from the first on which it means something. */
function served(bars: readonly Bar[], name: string): number[] {
  const feature = featureList.find((candidate) => candidate.name === name) as Feature;
  let core: FeaturesCore = emptyCore;
  const values: number[] = [];
  for (const bar of bars) {
    core = stepCore(core, { ...bar, time: bar.eventTime, superseded: [] });
    if (core.bars >= feature.warmUp) values.push(feature.compute(core, nothing));
  }
  return values;
}

function assertSame(found: readonly number[], expected: readonly number[], what: string): void {
  assert.equal(found.length, expected.length, `${what}: number of values`);
  for (const [index, value] of expected.entries()) {
    const other = found[index] ?? NaN;
    const error = Math.abs(other - value) / Math.max(Math.abs(value), Number.MIN_VALUE);
    assert.ok(other === value || error <= tolerance, `${what}[${index}]: ${other}, expected ${value}`);
  }
}

for (const symbol of fixtureSymbols) {
  const bars = fixtureBars(symbol);
  const closes = bars.map(({ close, adjustment }) => close * adjustment);

  test(`RSI of ${symbol}`, () => {
    // The oracle's own RSI is rounded to two digits; its averages are not.
    const gains = AverageGain.calculate({ period: 14, values: closes });
    const losses = AverageLoss.calculate({ period: 14, values: closes });
    const expected = gains.map((gain, index) => 100 - 100 / (1 + gain / (losses[index] ?? NaN)));
    assertSame(served(bars, "rsi-14"), expected, "rsi-14");
  });

  test(`MACD of ${symbol}`, () => {
    const results = MACD.calculate({
      values: closes,
      fastPeriod: 12,
      slowPeriod: 26,
      signalPeriod: 9,
      SimpleMAOscillator: false,
      SimpleMASignal: false,
    });
    const shares = (pick: (result: (typeof results)[number]) => number | undefined): number[] =>
      results.flatMap((result, index) => {
        const value = pick(result);
        return value === undefined ? [] : [value / (closes[index + 25] ?? NaN)];
      });
    assertSame(
      served(bars, "macd-line"),
      shares(({ MACD: line }) => line),
      "macd-line",
    );
    assertSame(
      served(bars, "macd-signal"),
      shares(({ signal }) => signal),
      "macd-signal",
    );
    assertSame(
      served(bars, "macd-histogram"),
      shares(({ histogram }) => histogram),
      "macd-histogram",
    );
  });

  test(`Bollinger bands of ${symbol}`, () => {
    const bands = BollingerBands.calculate({ period: 20, stdDev: 2, values: closes });
    assertSame(
      served(bars, "bollinger-position"),
      bands.map(({ pb }) => pb),
      "bollinger-position",
    );
    assertSame(
      served(bars, "bollinger-width"),
      bands.map(({ upper, lower, middle }) => (upper - lower) / middle),
      "bollinger-width",
    );
  });

  test(`returns and momentum of ${symbol}`, () => {
    for (const [name, period] of [
      ["last-return", 1],
      ["momentum-5", 5],
      ["momentum-10", 10],
      ["momentum-20", 20],
    ] as const) {
      assertSame(
        served(bars, name),
        ROC.calculate({ period, values: closes }).map((percent) => percent / 100),
        name,
      );
    }
  });

  test(`volume ratio of ${symbol}`, () => {
    const means = SMA.calculate({ period: 20, values: bars.map(({ volume }) => volume) });
    assertSame(
      served(bars, "volume-ratio-20"),
      means.map((mean, index) => (bars[index + 19]?.volume ?? NaN) / mean),
      "volume-ratio-20",
    );
  });

  test(`range volatility of ${symbol}`, () => {
    // No oracle has Parkinson's estimator; its mean is the oracle's.
    const squares = bars.map(({ high, low }) => Math.log(high / low) ** 2);
    const expected = SMA.calculate({ period: 20, values: squares }).map((mean) => Math.sqrt(mean / (4 * Math.log(2))));
    assertSame(served(bars, "range-volatility-20"), expected, "range-volatility-20");
  });
}
