import type { FeatureView } from "./view.js";

/** What a feature is about: the chapters of the catalogue. */
export type FeatureGroup =
  "momentum" | "trend" | "volatility" | "volume" | "level" | "news" | "calendar" | "market" | "interaction";

/**
 * One number of a feature vector. It is scale-free: multiplying every price, adjustment or volume of a series by a
 * constant leaves it as it is. It is finite for every series of valid bars.
 */
export interface Feature {
  /** Lower case, words joined by hyphens; unique. */
  readonly name: string;
  readonly group: FeatureGroup;
  readonly parameters: Readonly<Record<string, number>>;
  /**
   * Raised when the same inputs give another number than before: models trained on the old one then do not fit. A feature of a
   * pinned set keeps its version, and what is changed goes under another name.
   */
  readonly version: number;
  /** Bars it needs before it means anything. */
  readonly warmUp: number;
  /** The formula, in one line: the catalogue in the documentation is made from it. */
  readonly formula: string;
  readonly compute: (view: FeatureView) => number;
}
