import type { NewsSentiment, NewsState } from "../../../schemas/generated/types.js";
import type { Feature } from "../feature.js";
import type { FeatureView } from "../view.js";

const day = 86_400_000;

/** Two articles about results within so many days are a report; one alone may be a mistake of the expressions. */
const pairDays = 2;

/** A quarter; what a company's interval is until two of its reports are known, and the limits that it is kept in. */
export const usualGap = 91;
const shortestGap = 60;
const longestGap = 120;

/** Weight of the latest interval. */
const smoothing = 0.3;

/** A report that is late by so much has been missed: the one after it is the next. */
const overdueDays = 14;

/** Days after a report's beginning that still are its window. */
const windowDays = 3;

/** Days at which recency and proximity are one half. */
const recencyDays = 5;
const proximityDays = 7;

type Rhythm = Pick<NewsState, "report" | "reportArticle" | "reportGap">;

/**
 * The rhythm of a company's reports, taken from the articles about its results (`NewsSentiment.report`). A report begins with
 * the first of two such articles within two days, at least 60 days after the last one began.
 *
 *     gap ← gap + 0.3 · (min(120, days between beginnings / reports between) − gap)
 *
 * Reports between: the nearest whole number of gaps, since a quiet report may have gone by unseen. Of the intervals that
 * this finds in StockNet's posts 78 % are whole quarters, give or take nine days; of those between articles after 20 days
 * without one it was 44 %.
 */
export function stepReport(known: Readonly<Rhythm>, article: Pick<NewsSentiment, "report">, published: number): Rhythm {
  const { report, reportArticle, reportGap } = known;
  if (!article.report) return { report, reportArticle, reportGap };
  if (reportArticle === null) return { report, reportArticle: published, reportGap };
  const latest = Math.max(reportArticle, published);
  const first = Math.min(reportArticle, published);
  if (latest - first > pairDays * day) return { report, reportArticle: latest, reportGap };
  if (report === null) return { report: first, reportArticle: latest, reportGap };
  const days = (first - report) / day;
  if (days >= shortestGap) {
    const interval = Math.min(longestGap, days / Math.max(1, Math.round(days / reportGap)));
    return { report: first, reportArticle: latest, reportGap: reportGap + smoothing * (interval - reportGap) };
  }
  // One that comes late may move the beginning.
  return { report: days < 0 && days >= -pairDays ? first : report, reportArticle: latest, reportGap };
}

/** Days since the last report began; undefined before the first. */
const daysSince = ({ news, asOf }: FeatureView): number | undefined =>
  news === null || news.report === null ? undefined : Math.max(0, asOf - news.report) / day;

/** Days to the next report, by the rhythm; negative for one that is overdue. */
export function daysToReport(since: number, gap: number): number {
  const missed = Math.max(1, Math.ceil((since - overdueDays) / gap));
  return missed * gap - since;
}

/**
 * Where a moment lies in the company's rhythm of reports. Without a known report all three are 0: none has been lately
 * and none is near. Warm-up: none.
 *
 * Source: returns drift after a report and volatility rises towards it, V. L. Bernard and J. K. Thomas,
 * Post-earnings-announcement drift, Journal of Accounting Research 27 (1989).
 */
export const reportFeatures: readonly Feature[] = [
  {
    name: "report-recency",
    group: "news",
    parameters: { pairDays, shortestGap, recencyDays },
    version: 1,
    warmUp: 0,
    formula: "5 / (5 + days since the last report began); 0 before the first",
    compute: (view) => {
      const since = daysSince(view);
      return since === undefined ? 0 : recencyDays / (recencyDays + since);
    },
  },
  {
    name: "report-proximity",
    group: "news",
    parameters: { pairDays, shortestGap, longestGap, usualGap, smoothing, overdueDays, proximityDays },
    version: 1,
    warmUp: 0,
    formula: "7 / (7 + |days to the report that the rhythm lets expect|); 0 before the first",
    compute: (view) => {
      const since = daysSince(view);
      if (since === undefined) return 0;
      return proximityDays / (proximityDays + Math.abs(daysToReport(since, view.news?.reportGap ?? usualGap)));
    },
  },
  {
    name: "report-window",
    group: "news",
    parameters: { pairDays, shortestGap, windowDays },
    version: 1,
    warmUp: 0,
    formula: "1 in the 3 days after a report began, else 0",
    compute: (view) => {
      const since = daysSince(view);
      return since !== undefined && since <= windowDays ? 1 : 0;
    },
  },
];
