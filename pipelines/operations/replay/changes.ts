import type { NewsSentiment, Score, Signal } from "../../../schemas/generated/types.js";
import type { Comparison } from "./task-replay.js";

export interface Change {
  readonly what: string;
  readonly records: number;
  readonly changed: number;
  readonly meanAbsoluteDifference: number;
}

/** How much another model would have changed. */
export class Changes {
  readonly #sums = new Map<string, { records: number; changed: number; difference: number }>();

  add({ name, recorded, recomputed, isIdentical }: Comparison): void {
    for (const [what, one, other] of mainNumbers(name, recorded, recomputed)) {
      const sum = this.#sums.get(what) ?? { records: 0, changed: 0, difference: 0 };
      sum.records += 1;
      if (!isIdentical && one !== other) sum.changed += 1;
      sum.difference += Math.abs(one - other);
      this.#sums.set(what, sum);
    }
  }

  rows(): Change[] {
    return [...this.#sums].map(([what, { records, changed, difference }]) => ({
      what,
      records,
      changed,
      meanAbsoluteDifference: difference / records,
    }));
  }
}

/** The numbers for which a record is read: name, recorded, recomputed. */
function mainNumbers(name: string, recorded: unknown, recomputed: unknown): [string, number, number][] {
  if (recomputed === undefined) return [];
  switch (name) {
    case "news.sentiment":
      return [["sentiment score", (recorded as NewsSentiment).score, (recomputed as NewsSentiment).score]];
    case "scores":
      return (recorded as Score).targets.flatMap(({ target, values }): [string, number, number][] => {
        const twin = (recomputed as Score).targets.find((candidate) => candidate.target === target);
        const [one, other] = [values[0], twin?.values[0]];
        return one === undefined || other === undefined ? [] : [[`score of ${target}`, one, other]];
      });
    case "signals":
      return [["signal strength", (recorded as Signal).strength, (recomputed as Signal).strength]];
    default:
      return [];
  }
}
