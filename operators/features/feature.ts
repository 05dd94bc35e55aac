import type { FeaturesCore } from "../../schemas/generated/types.js";

/** What a feature may look at besides the bars. */
export interface Moment {
  /** Decayed mean sentiment, in [−1, 1]; 0 without any. */
  readonly sentimentMean: number;
  /** Decayed number of articles, at least 0. */
  readonly sentimentCount: number;
  /** Share of the exchange's local day that has passed, in [0, 1). */
  readonly dayFraction: number;
  /** Share of the exchange's local week that has passed at the start of the day, from Sunday, in [0, 1). */
  readonly weekFraction: number;
}

/**
 * One number of a feature vector. It is scale-free: multiplying every price, adjustment or volume of a series by a
 * constant leaves it as it is. It is finite for every series of valid bars.
 */
export interface Feature {
  readonly name: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** Raised when the same inputs give another number than before: models trained on the old one then do not fit. */
  readonly version: number;
  /** Bars it needs before it means anything. */
  readonly warmUp: number;
  readonly compute: (core: FeaturesCore, moment: Moment) => number;
}
