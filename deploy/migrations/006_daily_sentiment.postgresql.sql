-- Sentiment per symbol and day of New York: the variant for plain PostgreSQL of the continuous aggregate of the same name.
CREATE VIEW daily_sentiment AS
SELECT
  symbol,
  date_trunc('day', as_of, 'America/New_York') AS day,
  count(*) AS articles,
  avg(score) AS mean_score,
  min(score) AS lowest_score,
  max(score) AS highest_score,
  avg(confidence) AS mean_confidence,
  count(*) FILTER (WHERE label = 'negative') AS negative,
  count(*) FILTER (WHERE label = 'neutral') AS neutral,
  count(*) FILTER (WHERE label = 'positive') AS positive
FROM sentiment
GROUP BY 1, 2;
COMMENT ON VIEW daily_sentiment IS 'Sentiment per symbol and day (New York) of as_of.';

SELECT newstape_grant('daily_sentiment', 'view');
