import type { Feature } from "../feature.js";
import { memory as layout } from "../layout.js";
import { change, isFlat } from "./rounding.js";
import { smoothed } from "./smoothed.js";
import type { AdjustedBar } from "../../series/adjusted-bar.js";

const period = 14;

/** Wilder's averages of the movements up and down and of the index made of them. That of the true range is the ATR's. */
const plus = layout.adx;
const minus = layout.adx + 1;
const index = layout.adx + 2;

/**
 * Directional movement, in [0, 100]:
 *
 *     up = high − high before     down = low before − low
 *     +DM = up if up > down and up > 0, else 0     −DM = down if down > up and down > 0, else 0
 *     ±DI = 100 · average(±DM) / ATR
 *     DX = 100 · |+DI − −DI| / (+DI + −DI)     ADX = average(DX)
 *
 * with Wilder's averages over 14 bars, each of which starts as a plain mean. 0 when the price has never moved.
 *
 * Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978). Warm-up: 15 bars, 28 for the ADX.
 */
export function directionalIndicators(memory: readonly number[]): { readonly plus: number; readonly minus: number } {
  const range = memory[layout.atr] ?? 0;
  if (!(range > 0)) return { plus: 0, minus: 0 };
  return { plus: (100 * (memory[plus] ?? 0)) / range, minus: (100 * (memory[minus] ?? 0)) / range };
}

/**
 * @param memory changed in place: the averages; it still holds the high and the low of the bar before
 * @param count which change this is, from 1
 */
export function stepDirectionalMovement(memory: number[], bar: AdjustedBar, count: number): void {
  const up = Math.max(0, change(memory[layout.high] ?? bar.high, bar.high));
  const down = Math.max(0, -change(memory[layout.low] ?? bar.low, bar.low));
  // At a tie neither counts: one of them would by rounding.
  const lead = isFlat(Math.abs(up - down), bar.high) ? 0 : up - down;
  const nextPlus = smoothed(memory[plus] ?? 0, lead > 0 ? up : 0, count, period, 1 / period);
  const nextMinus = smoothed(memory[minus] ?? 0, lead < 0 ? down : 0, count, period, 1 / period);
  memory[plus] = nextPlus;
  memory[minus] = nextMinus;
  const indices = count - period + 1;
  if (indices < 1) return;
  const sum = nextPlus + nextMinus;
  const strength = sum > 0 ? (100 * Math.abs(nextPlus - nextMinus)) / sum : 0;
  memory[index] = smoothed(memory[index] ?? 0, strength, indices, period, 1 / period);
}

export const directionalMovementFeatures: readonly Feature[] = [
  {
    name: "adx-14",
    group: "trend",
    parameters: { period },
    version: 1,
    warmUp: 2 * period,
    formula: "Wilder's average of 100 · |+DI − −DI| / (+DI + −DI) over 14 bars",
    compute: ({ memory }) => memory[index] ?? 0,
  },
  {
    name: "plus-di-14",
    group: "trend",
    parameters: { period },
    version: 1,
    warmUp: period + 1,
    formula: "100 · average of the highs' rises that exceed the lows' falls / ATR14",
    compute: ({ memory }) => directionalIndicators(memory).plus,
  },
  {
    name: "minus-di-14",
    group: "trend",
    parameters: { period },
    version: 1,
    warmUp: period + 1,
    formula: "100 · average of the lows' falls that exceed the highs' rises / ATR14",
    compute: ({ memory }) => directionalIndicators(memory).minus,
  },
];
