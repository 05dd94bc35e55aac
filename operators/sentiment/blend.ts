import type { SentimentLabel, SentimentProbabilities } from "../../schemas/generated/types.js";

export interface Blend {
  readonly probabilities: SentimentProbabilities;
  readonly label: SentimentLabel;
  readonly confidence: number;
  /** P(positive) − P(negative). */
  readonly score: number;
}

/**
 * VADER as probabilities: its compound score on the side that it leans to, the rest neutral. P(positive) − P(negative)
 * is then the compound score itself, which is what the blend's weight was fitted on. (Its shares would not do: they are
 * shares of words, four fifths neutral in nearly every headline.)
 */
export function vaderProbabilities(compound: number): SentimentProbabilities {
  return { negative: Math.max(-compound, 0), neutral: 1 - Math.abs(compound), positive: Math.max(compound, 0) };
}

/** Linear blend of the two; VADER alone where the transformer could not be used. */
export function blend(transformer: SentimentProbabilities | null, weight: number, compound: number): Blend {
  const vader = vaderProbabilities(compound);
  const mix = (label: SentimentLabel): number =>
    transformer === null ? vader[label] : weight * transformer[label] + (1 - weight) * vader[label];
  const probabilities = { negative: mix("negative"), neutral: mix("neutral"), positive: mix("positive") };
  const label = mostProbable(probabilities);
  return {
    probabilities,
    label,
    confidence: probabilities[label],
    score: probabilities.positive - probabilities.negative,
  };
}

/** Neutral wins a tie: there is no evidence for either side then. */
export function mostProbable({ negative, neutral, positive }: SentimentProbabilities): SentimentLabel {
  if (neutral >= negative && neutral >= positive) return "neutral";
  if (negative === positive) return "neutral";
  return negative > positive ? "negative" : "positive";
}
