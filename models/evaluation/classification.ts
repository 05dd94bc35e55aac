/** How good a classifier is, by its labels and by its probabilities. Compared with scikit-learn in the tests. */

export interface ClassMetrics {
  readonly label: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Texts of that class. */
  readonly support: number;
}

/** What was predicted with a confidence in [from, to), the last bin with its end. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean confidence; 0 in an empty bin. */
  readonly confidence: number;
  /** Share that was right; 0 in an empty bin. */
  readonly accuracy: number;
}

export interface Classification {
  readonly count: number;
  readonly accuracy: number;
  /** Mean of the classes' F1 that occur or were predicted. */
  readonly macroF1: number;
  /** Mean of the classes' F1 by their support. */
  readonly weightedF1: number;
  /** Mean squared distance of the probabilities from the truth, summed over the classes: 0 to 2. */
  readonly brier: number;
  /** Expected calibration error: mean distance of accuracy from confidence over the bins, by their counts. */
  readonly ece: number;
  readonly classes: readonly ClassMetrics[];
  /** Rows: the truth; columns: what was predicted. Both in the order of the labels. */
  readonly confusion: readonly (readonly number[])[];
  readonly reliability: readonly ReliabilityBin[];
}

export interface Judged {
  /** Index of the true class. */
  readonly actual: number;
  /** Index of the class that was predicted. */
  readonly predicted: number;
  /** Of each class, in the order of the labels. */
  readonly probabilities: readonly number[];
}

/** Guo et al., On calibration of modern neural networks, ICML 2017. */
const bins = 15;

/**
 * @param labels names of the classes
 * @param judged at least one
 * @throws RangeError for none
 */
export function classification(labels: readonly string[], judged: readonly Judged[]): Classification {
  if (judged.length === 0) throw new RangeError("there is nothing to evaluate");
  const confusion = confusionOf(
    labels.length,
    judged.map(({ actual }) => actual),
    judged.map(({ predicted }) => predicted),
  );
  const classes = classMetrics(labels, confusion);
  const reliability = reliabilityOf(judged);
  return {
    count: judged.length,
    ...scores(confusion),
    weightedF1: sum(classes.map(({ f1, support }) => f1 * support)) / judged.length,
    brier:
      sum(
        judged.map(({ actual, probabilities }) =>
          sum(probabilities.map((probability, index) => (probability - (index === actual ? 1 : 0)) ** 2)),
        ),
      ) / judged.length,
    ece:
      sum(reliability.map(({ count, confidence, accuracy }) => count * Math.abs(accuracy - confidence))) /
      judged.length,
    classes,
    confusion,
    reliability,
  };
}

/** Rows: the truth; columns: what was predicted. */
export function confusionOf(classes: number, actual: ArrayLike<number>, predicted: ArrayLike<number>): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let index = 0; index < actual.length; index += 1) {
    const row = matrix[actual[index] ?? -1];
    const column = predicted[index] ?? -1;
    if (row?.[column] === undefined) throw new RangeError(`there is no class ${actual[index]} or ${column}`);
    row[column] += 1;
  }
  return matrix;
}

/** Accuracy and macro F1 of a confusion matrix. */
export function scores(confusion: readonly (readonly number[])[]): { accuracy: number; macroF1: number } {
  const classes = classMetrics(
    confusion.map((_, index) => String(index)),
    confusion,
  );
  const total = sum(confusion.flat());
  // A class that neither occurs nor is predicted has no F1 to count.
  const present = classes.filter(({ support }, index) => support + columnSum(confusion, index) > 0);
  return {
    accuracy: sum(confusion.map((row, index) => row[index] ?? 0)) / total,
    macroF1: sum(present.map(({ f1 }) => f1)) / present.length,
  };
}

function classMetrics(labels: readonly string[], confusion: readonly (readonly number[])[]): ClassMetrics[] {
  return labels.map((label, index) => {
    const hits = confusion[index]?.[index] ?? 0;
    const support = sum(confusion[index] ?? []);
    const predicted = columnSum(confusion, index);
    return {
      label,
      precision: predicted === 0 ? 0 : hits / predicted,
      recall: support === 0 ? 0 : hits / support,
      f1: support + predicted === 0 ? 0 : (2 * hits) / (support + predicted),
      support,
    };
  });
}

function reliabilityOf(judged: readonly Judged[]): ReliabilityBin[] {
  const found = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const { actual, predicted, probabilities } of judged) {
    const confidence = probabilities[predicted] ?? 0;
    const bin = found[Math.min(bins - 1, Math.floor(confidence * bins))];
    if (!bin) continue;
    bin.count += 1;
    bin.confidence += confidence;
    if (actual === predicted) bin.right += 1;
  }
  return found.map(({ count, confidence, right }, index) => ({
    from: index / bins,
    to: (index + 1) / bins,
    count,
    confidence: count === 0 ? 0 : confidence / count,
    accuracy: count === 0 ? 0 : right / count,
  }));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const columnSum = (matrix: readonly (readonly number[])[], index: number): number =>
  sum(matrix.map((row) => row[index] ?? 0));
