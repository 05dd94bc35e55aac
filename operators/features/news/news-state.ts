/** What is kept of a symbol's articles, and how one more changes it. */
import type { NewsSentiment, NewsState } from "../../../schemas/generated/types.js";
import { noSums, stepDecays } from "./decayed-sentiment.js";
import { noveltyOf, stepStories } from "./novelty.js";
import { stepReport, usualGap } from "./report-rhythm.js";
import { stepHistory } from "./surprise.js";

const emptyNews: NewsState = {
  time: 0,
  model: null,
  decays: [...noSums],
  history: { count: 0, mean: 0, variance: 0 },
  stories: [],
  novelty: 1,
  report: null,
  reportArticle: null,
  reportGap: usualGap,
};

/**
 * Takes in one article; gives a new state. Articles count by their publication: one that arrives late counts as it would
 * have, had it been on time.
 *
 * @param asOf when the article was known: one that claims to be published later counts as published then
 */
export function stepNews(known: Readonly<NewsState> | null, article: Readonly<NewsSentiment>, asOf: number): NewsState {
  const before = known ?? emptyNews;
  const published = Math.min(article.eventTime, asOf);
  const time = known === null ? published : Math.max(known.time, published);
  const stories = stepStories(before.stories, published, article.fingerprint);
  return {
    time,
    model: article.model && `${article.model.name}@${article.model.version}`,
    decays: stepDecays(before.decays, article, { from: known === null ? time : known.time, to: time, published }),
    history: stepHistory(before.history, article.score),
    stories,
    novelty: noveltyOf(stories, time),
    ...stepReport(before, article, published),
  };
}
