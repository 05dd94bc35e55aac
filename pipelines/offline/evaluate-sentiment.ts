import { bootstrap, type Intervals } from "../../models/evaluation/bootstrap.js";
import { classification, type Classification, type Judged } from "../../models/evaluation/classification.js";
import { mostProbable, vaderProbabilities } from "../../operators/sentiment/blend.js";
import type { SentimentLabel, SentimentProbabilities } from "../../schemas/generated/types.js";
import { openSentimentAnalyzer, type SentimentAnalysis } from "./analyze-sentiment.js";
import type { LabelledText } from "./labelled-texts.js";

/** In the order of the confusion matrix. */
export const classes = ["negative", "neutral", "positive"] as const satisfies readonly SentimentLabel[];

export interface SentimentEvaluation {
  /** majority, VADER, or a model's name with `transformer` or `blend`. */
  readonly predictor: string;
  readonly result: Classification;
  /** 95 %. */
  readonly intervals: Intervals;
}

/** Texts, with the answers of each model. */
export interface ReadTexts {
  readonly texts: readonly LabelledText[];
  /** By the model's name; at least one. */
  readonly analyses: ReadonlyMap<string, readonly SentimentAnalysis[]>;
}

/**
 * @param models artefact directories
 * @param onProgress called with how many readings are done
 */
export async function readTexts(
  texts: readonly LabelledText[],
  models: readonly (string | undefined)[],
  workers: number | undefined,
  onProgress: (done: number) => void = () => undefined,
): Promise<ReadTexts> {
  const analyses = new Map<string, SentimentAnalysis[]>();
  let done = 0;
  for (const directory of models) {
    const analyzer = await openSentimentAnalyzer({ model: directory, workers });
    const named = analyzer.model ?? "vader";
    // The same name and version from another place, e.g. before and after quantisation.
    const name = analyses.has(named) ? `${named} (${directory ?? "default"})` : named;
    const found: SentimentAnalysis[] = [];
    try {
      for (let start = 0; start < texts.length; start += portion) {
        found.push(...(await analyzer.analyze(texts.slice(start, start + portion).map(({ text }) => text))));
        onProgress((done += Math.min(portion, texts.length - start)));
      }
    } finally {
      await analyzer.close();
    }
    analyses.set(name, found);
  }
  return { texts, analyses };
}

const portion = 512;

/** Every predictor over the same texts, the simplest first. */
export function evaluateSentiment({ texts, analyses }: ReadTexts): SentimentEvaluation[] {
  const [first = []] = analyses.values();
  const shares = sharesOf(texts);
  const evaluate = (predictor: string, probabilitiesOf: (index: number) => SentimentProbabilities) => {
    const judged = texts.map(({ label }, index): Judged => {
      const probabilities = probabilitiesOf(index);
      return {
        actual: classes.indexOf(label),
        predicted: classes.indexOf(mostProbable(probabilities)),
        probabilities: classes.map((name) => probabilities[name]),
      };
    });
    return { predictor, result: classification(classes, judged), intervals: bootstrap(classes.length, judged) };
  };
  return [
    evaluate("majority", () => shares),
    evaluate("VADER", (index) => vaderProbabilities(first[index]?.vaderCompound ?? 0)),
    ...[...analyses].flatMap(([model, readings]) => {
      const missing = { negative: 0, neutral: 1, positive: 0 };
      return [
        evaluate(`${model}, transformer`, (index) => readings[index]?.transformer ?? missing),
        evaluate(`${model}, blend`, (index) => readings[index]?.blend ?? missing),
      ];
    }),
  ];
}

/** The majority class, as sure as it is frequent in these very texts. */
function sharesOf(texts: readonly LabelledText[]): SentimentProbabilities {
  const share = (name: SentimentLabel): number => texts.filter(({ label }) => label === name).length / texts.length;
  return { negative: share("negative"), neutral: share("neutral"), positive: share("positive") };
}
