/** Calibrated probabilities: temperature scaling (Guo et al. 2017), and the weight of a second opinion. */

/** Probabilities of the classes; they sum to 1. */
export type Distribution = readonly number[];

export interface Calibration {
  /** Divisor of the logits: above 1 the model is less certain than its output. */
  readonly temperature: number;
  /** Weight of the model in the blend, the rest being the second opinion's. */
  readonly weight: number;
}

/** Grids rather than a search: two parameters, a loss that is smooth in both, and the same answer wherever it is run. */
const temperatures = Array.from({ length: 176 }, (_, index) => (50 + 2 * index) / 100);
const weights = Array.from({ length: 101 }, (_, index) => (500 + 5 * index) / 1000);
/** Below, the logarithm would make one text decide everything. */
const least = 1e-12;

/**
 * The temperature (0.5 … 4) and weight (0.5 … 1) at which the blend has the smallest log loss. The same as `calibrate` in
 * models/training/sentiment/card.py.
 *
 * @param model the model's probabilities at temperature 1, [texts][classes]
 * @param second the second opinion on the same texts, [texts][classes]
 * @param actual index of each text's class
 * @throws RangeError without texts, or when the lengths differ
 */
export function calibrate(
  model: readonly Distribution[],
  second: readonly Distribution[],
  actual: readonly number[],
): Calibration {
  if (actual.length === 0 || model.length !== actual.length || second.length !== actual.length)
    throw new RangeError(`${model.length} and ${second.length} predictions for ${actual.length} labels`);
  const theirs = actual.map((label, index) => second[index]?.[label] ?? 0);
  let best: Calibration & { loss: number } = { temperature: 1, weight: 1, loss: Infinity };
  for (const temperature of temperatures) {
    const ours = actual.map((label, index) => tempered(model[index] ?? [], temperature)[label] ?? 0);
    for (const weight of weights) {
      const loss = ours.reduce(
        (sum, own, index) => sum - Math.log(Math.max(weight * own + (1 - weight) * (theirs[index] ?? 0), least)),
        0,
      );
      if (loss < best.loss) best = { temperature, weight, loss };
    }
  }
  return { temperature: best.temperature, weight: best.weight };
}

/** softmax(logits / temperature), from softmax(logits). */
export function tempered(probabilities: Distribution, temperature: number): number[] {
  const powers = probabilities.map((probability) => probability ** (1 / temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
