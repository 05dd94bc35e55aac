-- Sentiment per symbol and day of New York, as a continuous aggregate: the variant for TimescaleDB. The plain variant
-- beside it answers the same queries; a test compares their columns.
--
-- Rows newer than what is materialised are added on the fly (materialized_only = false). Late rows below that are seen
-- after the next refresh: within the hour, and wherever they fall, since the refresh window has no beginning (only what
-- changed is computed again).
CREATE MATERIALIZED VIEW daily_sentiment
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT
  symbol,
  time_bucket(INTERVAL '1 day', as_of, 'America/New_York') AS day,
  count(*) AS articles,
  avg(score) AS mean_score,
  min(score) AS lowest_score,
  max(score) AS highest_score,
  avg(confidence) AS mean_confidence,
  count(*) FILTER (WHERE label = 'negative') AS negative,
  count(*) FILTER (WHERE label = 'neutral') AS neutral,
  count(*) FILTER (WHERE label = 'positive') AS positive
FROM sentiment
GROUP BY 1, 2
WITH NO DATA;
COMMENT ON VIEW daily_sentiment IS 'Sentiment per symbol and day (New York) of as_of.';

SELECT add_continuous_aggregate_policy('daily_sentiment',
  start_offset => NULL, end_offset => INTERVAL '1 day', schedule_interval => INTERVAL '1 hour', if_not_exists => true);

SELECT newstape_grant('daily_sentiment', 'view');
