import type { Queryable } from "../../schemas/queryable.js";
import type { TopicName } from "../../schemas/topics.js";

/** By the topic of what would have come of them. */
const unanswered: Partial<Record<TopicName, string>> = {
  "news.sentiment": `SELECT id || ' × ' || symbol AS what FROM news CROSS JOIN unnest(symbols) AS symbol
    WHERE NOT EXISTS (SELECT FROM sentiment WHERE article_id = news.id AND sentiment.symbol = symbol.symbol)`,
  scores: `SELECT 'vector ' || id AS what FROM features
    WHERE NOT EXISTS (SELECT FROM scores WHERE vector_id = features.id AND scores.symbol = features.symbol)`,
  forecasts: `SELECT 'score ' || id AS what FROM scores
    WHERE NOT EXISTS (SELECT FROM forecast_ledger AS made WHERE made.score_id = scores.id AND made.symbol = scores.symbol)`,
  signals: `SELECT 'forecast ' || id AS what FROM forecast_ledger AS made
    WHERE NOT EXISTS (SELECT FROM signals WHERE forecast_id = made.id AND signals.symbol = made.symbol)`,
};

/**
 * Inputs for which the topic's table has nothing, in words for people: which ones were lost. A stage may also have had nothing
 * to publish for them.
 *
 * @param limit so many at the most
 * @returns none also of a topic whose rows do not name their input
 */
export async function unansweredInputs(client: Queryable, topic: TopicName, limit: number): Promise<string[]> {
  const query = unanswered[topic];
  if (query === undefined) return [];
  const { rows } = await client.query<{ what: string }>(`${query} LIMIT $1`, [limit]);
  return rows.map(({ what }) => what);
}
