import { confusionOf, scores, type Judged } from "./classification.js";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Intervals {
  readonly accuracy: Interval;
  readonly macroF1: Interval;
}

/**
 * 95 % intervals by the percentile bootstrap (Efron 1979): what accuracy and macro F1 might have been on other texts of the
 * same kind. The same texts give the same intervals.
 *
 * @param classes number of classes
 * @param judged at least one
 */
export function bootstrap(classes: number, judged: readonly Judged[], rounds = 1000, seed = 20150101): Intervals {
  const next = uniform(seed);
  const count = judged.length;
  const actual = Uint8Array.from(judged, (one) => one.actual);
  const predicted = Uint8Array.from(judged, (one) => one.predicted);
  const drawnActual = new Uint8Array(count);
  const drawnPredicted = new Uint8Array(count);
  const rows = Array.from({ length: rounds }, () => {
    for (let index = 0; index < count; index += 1) {
      const at = Math.floor(next() * count);
      drawnActual[index] = actual[at] ?? 0;
      drawnPredicted[index] = predicted[at] ?? 0;
    }
    return scores(confusionOf(classes, drawnActual, drawnPredicted));
  });
  return { accuracy: interval(rows.map((row) => row.accuracy)), macroF1: interval(rows.map((row) => row.macroF1)) };
}

function interval(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return { low: at(0.025), high: at(0.975) };
}

/** Numbers in [0, 1) that a seed repeats: splitmix32 (Steele, Lea and Flood, OOPSLA 2014, in 32 bits). */
function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
