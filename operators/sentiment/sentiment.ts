/** news.raw → news.sentiment: the sentiment of each article for each of its symbols, by a transformer and VADER, blended. */
import type { ModelRouter, ModelRouters, Routed, SentimentClassifier } from "../../models/runtime/types.js";
import { newsRules, textNormaliser } from "../../models/runtime/text-normalisation.js";
import type {
  NewsArticle,
  NewsSentiment,
  SentimentProbabilities,
  SentimentState,
} from "../../schemas/generated/types.js";
import { notFinite } from "../finite.js";
import { absorb, duplicate, emit, reject, type Operator, type Outcome } from "../operator.js";
import { recordId } from "../record-id.js";
import { fingerprint } from "./fingerprint.js";
import { isReport } from "./report.js";
import { SeenArticles } from "./seen-articles.js";
import { textSentiment } from "./text-sentiment.js";
import { vaderScore, type VaderScore } from "./vader.js";

type SentimentOutcome = Outcome<"news.sentiment">;

/** Each distinct text that a model has to read in this batch, with what it made of it; null where it could not. */
type Readings = Map<SentimentClassifier, Map<string, SentimentProbabilities | null>>;

/**
 * An article gives one record a symbol, since the symbol is what an experiment assigns to an arm. Without symbols it
 * is only absorbed: it is known from then on, and there is no company to publish anything about. Where no model is available, or it could
 * not read the text, VADER is used alone and the record is marked `degraded`.
 */
export const sentimentOperator: Operator<"news.raw", "news.sentiment", SentimentState, ModelRouters<"sentiment">> = {
  name: "sentiment",
  process: async (batch, state, { sentiment: router }) => {
    const seen = new SeenArticles(state);
    const plans = batch.map(({ record }) => settled(record, seen) ?? planned(record, router));
    const articles = plans.filter((plan) => "article" in plan);
    const underWay = read(articles);
    // The rules run here while the workers are at the transformer; should they throw, a later rejection would have no handler.
    underWay.catch(() => undefined);
    const rules = (): Map<string, RuleReading> => readByRules(articles);
    const byRules = router.aroundRules?.(rules) ?? rules();
    const readings = await underWay;
    seen.save();

    return plans.map((plan): SentimentOutcome => {
      if (!("article" in plan)) return plan;
      const { article, routes } = plan;
      const reading = byRules.get(article.headline) ?? ruleReading("");
      return emit(
        ...routes.map((route) => ({
          topic: "news.sentiment" as const,
          record: sentimentOf(article, route, readings, reading),
        })),
      );
    });
  },
};

interface Route {
  readonly symbol: string;
  readonly routed: Routed<SentimentClassifier>;
}

interface ArticlePlan {
  readonly article: NewsArticle;
  readonly routes: readonly Route[];
}

/** The outcome of an article about which no text has to be read. */
function settled(article: NewsArticle, seen: SeenArticles): SentimentOutcome | undefined {
  const bad = notFinite(article);
  if (bad !== undefined) return reject("NOT_FINITE", `${bad} is not a finite number`);
  if (seen.see(article.id, article.availableAt)) return duplicate;
  return article.symbols.length === 0 ? absorb : undefined;
}

function planned(article: NewsArticle, router: ModelRouter<"sentiment">): ArticlePlan {
  return { article, routes: article.symbols.map((symbol) => ({ symbol, routed: router.pick(symbol) })) };
}

async function read(plans: readonly ArticlePlan[]): Promise<Readings> {
  const texts = new Map<SentimentClassifier, Set<string>>();
  for (const { article, routes } of plans) {
    for (const { routed } of routes) {
      if (routed.model === undefined) continue;
      const wanted = texts.get(routed.model) ?? new Set<string>();
      texts.set(routed.model, wanted.add(article.headline));
    }
  }
  const readings = [...texts].map(async ([model, wanted]) => {
    const probabilities = await model.classify([...wanted]);
    const byText = [...wanted].flatMap((text, index) => {
      const found = probabilities[index];
      return found === undefined ? [] : [[text, found] as const];
    });
    return [model, new Map(byText)] as const;
  });
  return new Map(await Promise.all(readings));
}

const normalise = textNormaliser(newsRules);

/** What is read of a headline without a model. */
interface RuleReading {
  readonly vader: VaderScore;
  readonly fingerprint: Buffer;
  readonly report: boolean;
}

function ruleReading(headline: string): RuleReading {
  const text = normalise(headline);
  return { vader: vaderScore(text), fingerprint: fingerprint(text), report: isReport(text) };
}

function readByRules(plans: readonly ArticlePlan[]): Map<string, RuleReading> {
  const texts = new Set(plans.map(({ article }) => article.headline));
  return new Map([...texts].map((text) => [text, ruleReading(text)]));
}

function sentimentOf(
  article: NewsArticle,
  { symbol, routed }: Route,
  readings: Readings,
  { vader, ...byRules }: RuleReading,
): NewsSentiment {
  const { model, arm } = routed;
  const transformer = model === undefined ? null : readings.get(model)?.get(article.headline);
  if (transformer === undefined) throw new Error(`the classifier gave no result for article ${article.id}`);
  return {
    id: recordId("sentiment", article.id, symbol),
    articleId: article.id,
    symbol,
    eventTime: article.eventTime,
    asOf: article.availableAt,
    origin: article.origin,
    ...textSentiment(vader, transformer, model?.blendWeight ?? 0),
    model: model === undefined || transformer === null ? null : model.model,
    arm,
    degraded: transformer === null && routed.rulesAlone !== true,
    fingerprint: byRules.fingerprint,
    report: byRules.report,
  };
}
