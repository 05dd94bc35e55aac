import type { ModelRouters, SentimentClassifier } from "../../../models/runtime/types.js";
import type { NewsArticle, SentimentProbabilities } from "../../../schemas/generated/types.js";

/** A classifier that records its calls; a text's result depends on its length alone. */
export class RecordingClassifier implements SentimentClassifier {
  readonly asked: string[] = [];
  readonly model;
  readonly blendWeight = 0.75;

  constructor(name = "recording") {
    this.model = { name, version: "1.0.0", sha256: "0".repeat(64) };
  }

  async classify(texts: readonly string[]): Promise<readonly SentimentProbabilities[]> {
    this.asked.push(...texts);
    return texts.map((text) => {
      const positive = (text.length % 7) / 10;
      return { negative: 0.1, neutral: 0.9 - positive, positive };
    });
  }
}

/** Routes by symbol; every other symbol has no model. */
export function routes(models: Readonly<Record<string, SentimentClassifier>>): ModelRouters<"sentiment"> {
  return {
    sentiment: {
      task: "sentiment",
      pick: (symbol) => ({ arm: symbol in models ? "champion" : "none", model: models[symbol] }),
    },
  };
}

export const day = 24 * 60 * 60 * 1000;
export const start = Date.UTC(2014, 0, 2, 15);

export function article(changes: Partial<NewsArticle> = {}): NewsArticle {
  return {
    id: "article-1",
    source: "test",
    sourceId: "1",
    url: null,
    headline: "Shares of $AAPL rise on good results",
    symbols: ["AAPL"],
    eventTime: start,
    availableAt: start + 1000,
    origin: "backfill",
    ...changes,
  };
}
