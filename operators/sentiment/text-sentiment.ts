import type { NewsSentiment, SentimentProbabilities } from "../../schemas/generated/types.js";
import { blend } from "./blend.js";
import type { VaderScore } from "./vader.js";

/** The sentiment of a text alone: the fields of a record that do not depend on article and symbol. */
export type TextSentiment = Pick<
  NewsSentiment,
  "score" | "label" | "confidence" | "blend" | "transformer" | "vader" | "vaderCompound"
>;

/**
 * @param vader of the normalised text
 * @param transformer null: it could not be used
 * @param weight of the transformer in the blend, in [0, 1]
 */
export function textSentiment(
  vader: VaderScore,
  transformer: SentimentProbabilities | null,
  weight: number,
): TextSentiment {
  const { probabilities, label, confidence, score } = blend(transformer, weight, vader.compound);
  return {
    score,
    label,
    confidence,
    blend: probabilities,
    transformer,
    vader: vader.shares,
    vaderCompound: vader.compound,
  };
}
