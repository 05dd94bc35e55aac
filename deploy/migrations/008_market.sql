-- The cross-section of the market, corporate actions of bars, and what features and sentiments say besides since then.

CREATE TABLE market_context (
  id text NOT NULL,
  interval text NOT NULL,
  event_time timestamptz NOT NULL,
  as_of timestamptz NOT NULL,
  known_at timestamptz NOT NULL,
  origin text NOT NULL CHECK (origin IN ('live', 'backfill')),
  sequence bigint NOT NULL,
  symbols bigint NOT NULL,
  breadth double precision NOT NULL,
  mean_return double precision NOT NULL,
  dispersion double precision NOT NULL,
  range_volatility double precision NOT NULL,
  quantiles double precision[] NOT NULL,
  kafka_partition integer NOT NULL,
  kafka_offset bigint NOT NULL,
  content_hash text NOT NULL,
  PRIMARY KEY (id, as_of)
);
COMMENT ON TABLE market_context IS 'Ledger of market.context: one row per cross-section said; every partition of the topic holds the same, and the first one lands.';
COMMENT ON COLUMN market_context.quantiles IS 'Quantiles of the log returns at 0, 5, … 100 %.';
CREATE INDEX market_context_time ON market_context (interval, event_time DESC, sequence DESC);

SELECT newstape_grant('market_context', 'ledger');

-- A year a chunk: one-minute bars of one exchange make some 100,000 rows a year. No columnstore: there is no symbol to
-- segment by, and the table stays small. A block, and not a file for TimescaleDB alone, as the table is new in this file.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
    PERFORM create_hypertable('market_context', by_range('as_of', INTERVAL '365 days'), create_default_indexes => false, if_not_exists => true);
  END IF;
END
$$;

-- Constant defaults: the tables are not written anew, and TimescaleDB takes no others for a table with a columnstore.
ALTER TABLE bars ADD COLUMN split double precision NOT NULL DEFAULT 1;
ALTER TABLE bars ADD COLUMN dividend_factor double precision NOT NULL DEFAULT 1;
COMMENT ON COLUMN bars.split IS 'New shares for one old, effective at this bar''s open.';
COMMENT ON COLUMN bars.dividend_factor IS 'Close before / (close before − cash dividend), effective at this bar''s open.';

-- NULL where there is nothing to say: the content hash of rows from before then stays what it is.
ALTER TABLE features ADD COLUMN market_id text;
COMMENT ON COLUMN features.market_id IS 'market_context.id of the cross-section used; NULL when there was none.';
ALTER TABLE sentiment ADD COLUMN fingerprint text;
ALTER TABLE sentiment ADD COLUMN report boolean;
COMMENT ON COLUMN sentiment.fingerprint IS 'SimHash of the headline''s words, hexadecimal; NULL when there are no words, or before it was taken.';
COMMENT ON COLUMN sentiment.report IS 'True when the headline speaks of the symbol''s own results, else NULL.';
