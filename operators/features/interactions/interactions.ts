/**
 * Products that trees of small depth would spend several splits on, and linear models cannot make.
 *
 * Source: news moves prices more when volatility and volume are high and against the trend, e.g. P. C. Tetlock, Giving
 * content to investor sentiment, Journal of Finance 62 (2007); D. Garcia, Sentiment during recessions, Journal of Finance
 * 68 (2013).
 */
import type { Feature } from "../feature.js";
import { oncePerView } from "../once-per-view.js";
import { product } from "./product.js";

const pairs: readonly (readonly [string, string])[] = [
  ["sentiment-mean", "range-volatility-20"],
  ["sentiment-mean", "momentum-5"],
  ["sentiment-mean", "momentum-20"],
  ["sentiment-mean", "volume-ratio-20"],
  ["sentiment-mean", "market-breadth"],
  ["sentiment-mean", "market-rank"],
  ["sentiment-mean", "news-novelty"],
  ["sentiment-surprise", "volume-ratio-20"],
  ["sentiment-surprise", "momentum-5"],
  ["news-count-6h", "range-volatility-20"],
  ["report-recency", "range-volatility-20"],
  ["market-beta", "market-return"],
];

/**
 * @param features what the products are made of, found by name
 * @returns the products, and the same features with those that they are made of computed once a vector
 * @throws Error when one is not there
 */
export function withInteractions(features: readonly Feature[]): Feature[] {
  const operands = new Set(pairs.flat());
  const shared = features.map((feature): Feature =>
    operands.has(feature.name) ? { ...feature, compute: oncePerView(feature.compute) } : feature,
  );
  const byName = new Map(shared.map((feature) => [feature.name, feature]));
  const find = (name: string): Feature => {
    const feature = byName.get(name);
    if (feature === undefined) throw new Error(`an interaction is made of ${name}, and there is no such feature`);
    return feature;
  };
  return [...shared, ...pairs.map(([left, right]) => product(find(left), find(right)))];
}
