import type { SentimentCard } from "../../../models/runtime/card.js";
import { ModelInputError } from "../../../models/runtime/errors.js";
import type { LoadedSentimentClassifier } from "../../../models/runtime/sentiment-classifier.js";
import { newsRules } from "../../../models/runtime/text-normalisation.js";
import type { SentimentProbabilities } from "../../../schemas/generated/types.js";

export const readingOf = (text: string): SentimentProbabilities => {
  const positive = (text.length % 9) / 10;
  return { negative: 0.1, neutral: 0.9 - positive, positive };
};

/** A classifier without workers that can be made to fail, and refuses texts with the word "unreadable". */
export class FakeSentiment implements LoadedSentimentClassifier {
  readonly asked: string[][] = [];
  readonly model;
  readonly blendWeight = 0.9;
  readonly card: SentimentCard;
  fault: Error | undefined;
  isClosed = false;

  constructor(sha256 = "0".repeat(64)) {
    this.model = { name: "fake", version: "1.0.0", sha256 };
    this.card = {
      ...this.model,
      task: "sentiment",
      modelFile: "model.onnx",
      files: { "model.onnx": sha256 },
      labels: ["negative", "neutral", "positive"],
      maxTokens: 64,
      temperature: 1,
      blend: { transformer: 0.9 },
      textNormalisation: { rules: [...newsRules] },
    };
  }

  classify = async (texts: readonly string[]): Promise<SentimentProbabilities[]> => {
    this.asked.push([...texts]);
    if (this.fault) throw this.fault;
    if (texts.some((text) => text.includes("unreadable"))) throw new ModelInputError("cannot be read");
    return texts.map(readingOf);
  };

  close = async (): Promise<void> => {
    this.isClosed = true;
  };
}
