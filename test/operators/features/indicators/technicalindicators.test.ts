/**
 * What is served of real bars with their adjustments against another implementation, on every bar after the warm-up. Its
 * money flow index is rounded to two digits and skips a bar: TA-Lib has that one.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ADX,
  ATR,
  AverageGain,
  AverageLoss,
  BollingerBands,
  EMA,
  MACD,
  OBV,
  ROC,
  SMA,
  Stochastic,
} from "technicalindicators";
import { fixtureBars, fixtureSymbols } from "../../../helpers/records.js";
import { expectedOf, served } from "./served.js";

const tolerance = 1e-9;
const floor = 1e-12;

/** @param expected of the last bars */
function assertSame(found: readonly number[] | undefined, expected: readonly number[], what: string): void {
  const values = (found ?? []).filter(Number.isFinite);
  assert.equal(values.length, expected.length, `${what}: number of values`);
  for (const [index, value] of expected.entries()) {
    const other = values[index] ?? NaN;
    assert.ok(
      Math.abs(other - value) <= tolerance * Math.abs(value) + floor,
      `${what}[${index}]: ${other}, not ${value}`,
    );
  }
}

for (const symbol of fixtureSymbols) {
  const bars = fixtureBars(symbol);
  const close = bars.map((bar) => bar.close * bar.adjustment);
  const high = bars.map((bar) => bar.high * bar.adjustment);
  const low = bars.map((bar) => bar.low * bar.adjustment);
  const volume = bars.map((bar) => bar.volume);
  const found = served(bars);
  /** Divides the last values by the closes beside them. */
  const shares = (values: readonly number[]): number[] =>
    values.map((value, index) => value / (close.at(index - values.length) ?? NaN));

  test(`RSI of ${symbol}`, () => {
    // The oracle's own RSI is rounded to two digits; its averages are not.
    const gains = AverageGain.calculate({ period: 14, values: close });
    const losses = AverageLoss.calculate({ period: 14, values: close });
    const expected = gains.map((gain, index) => 100 - 100 / (1 + gain / (losses[index] ?? NaN)));
    assertSame(found.get("rsi-14"), expected, "rsi-14");
  });

  test(`MACD of ${symbol}, and the distances to its averages`, () => {
    const results = MACD.calculate({
      values: close,
      fastPeriod: 12,
      slowPeriod: 26,
      signalPeriod: 9,
      SimpleMAOscillator: false,
      SimpleMASignal: false,
    });
    const pick = (name: "MACD" | "signal" | "histogram"): number[] =>
      shares(results.flatMap((result) => result[name] ?? []));
    assertSame(found.get("macd-line"), pick("MACD"), "macd-line");
    assertSame(found.get("macd-signal"), pick("signal"), "macd-signal");
    assertSame(found.get("macd-histogram"), pick("histogram"), "macd-histogram");
    for (const period of [12, 26]) {
      const expected = shares(EMA.calculate({ period, values: close })).map((share) => 1 / share - 1);
      assertSame(found.get(`ema-distance-${period}`), expected, `ema-distance-${period}`);
    }
  });

  test(`Bollinger bands of ${symbol}`, () => {
    const bands = BollingerBands.calculate({ period: 20, stdDev: 2, values: close });
    const positions = bands.map(({ pb }) => pb);
    const widths = bands.map(({ upper, lower, middle }) => (upper - lower) / middle);
    assertSame(found.get("bollinger-position"), positions, "bollinger-position");
    assertSame(found.get("bollinger-width"), widths, "bollinger-width");
  });

  test(`returns and momentum of ${symbol}`, () => {
    for (const period of [1, 5, 10, 20, 40]) {
      const name = period === 1 ? "last-return" : `momentum-${period}`;
      const expected = ROC.calculate({ period, values: close }).map((percent) => percent / 100);
      assertSame(found.get(name), expected, name);
    }
  });

  test(`average true range of ${symbol}`, () => {
    assertSame(found.get("atr-14"), shares(ATR.calculate({ period: 14, high, low, close })), "atr-14");
  });

  test(`stochastic oscillator of ${symbol}`, () => {
    const results = Stochastic.calculate({ period: 14, signalPeriod: 3, high, low, close });
    const ks = results.map(({ k }) => k);
    const ds = results.flatMap(({ d }) => d ?? []);
    assertSame(found.get("stochastic-k-14"), ks, "stochastic-k-14");
    assertSame(found.get("stochastic-d-3"), ds, "stochastic-d-3");
  });

  test(`volumes of ${symbol}`, () => {
    const ratios = SMA.calculate({ period: 20, values: volume }).map(
      (mean, index) => (volume[index + 19] ?? NaN) / mean,
    );
    assertSame(found.get("volume-ratio-20"), ratios, "volume-ratio-20");
    const balance = [0, ...OBV.calculate({ close, volume })];
    const flows = volume.slice(20).map((_, index) => {
      const traded = volume.slice(index + 1, index + 21).reduce((sum, one) => sum + one, 0);
      return ((balance[index + 20] ?? NaN) - (balance[index] ?? NaN)) / traded;
    });
    assertSame(found.get("on-balance-volume-20"), flows, "on-balance-volume-20");
  });

  test(`directional movement of ${symbol}`, () => {
    // It jumps at ties, which the rounding of the adjustment breaks: on the adjusted prices in whole millionths.
    const exact = expectedOf(symbol).bars;
    const column = (name: "high" | "low" | "close"): number[] => exact.map((bar) => bar[name]);
    const series = { high: column("high"), low: column("low"), close: column("close") };
    const values = served(exact);
    const results = ADX.calculate({ period: 14, ...series });
    const adxs = results.map(({ adx }) => adx);
    assertSame(values.get("adx-14"), adxs, "adx-14");
    // The oracle has both from the first ADX on.
    assertSame(
      values.get("plus-di-14")?.slice(27),
      results.map(({ pdi }) => pdi),
      "plus-di-14",
    );
    assertSame(
      values.get("minus-di-14")?.slice(27),
      results.map(({ mdi }) => mdi),
      "minus-di-14",
    );
  });
}
