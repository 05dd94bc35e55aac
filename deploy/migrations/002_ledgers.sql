-- The ledgers: what the stages said, once and for good. A column is the Avro field of the same name in snake case, and
-- besides:
--   known_at        when it was really published: the Kafka time stamp if live, as_of if backfill
--   kafka_partition
--   kafka_offset    where it lay in its topic
--   content_hash    SHA-256 (128 bits, base64url) of the content: the same id with another hash is a conflict
--
-- The primary key contains as_of because a unique index of a hypertable must contain its time.
-- Back-tests ask "what was known at t": WHERE known_at <= t AND as_of <= t. The second follows from the first, and lets the
-- index and TimescaleDB's chunks be used.

CREATE TABLE sentiment (
  id text NOT NULL,
  article_id text NOT NULL,
  symbol text NOT NULL,
  event_time timestamptz NOT NULL,
  as_of timestamptz NOT NULL,
  known_at timestamptz NOT NULL,
  origin text NOT NULL CHECK (origin IN ('live', 'backfill')),
  score double precision NOT NULL,
  label text NOT NULL,
  confidence double precision NOT NULL,
  blend_negative double precision NOT NULL,
  blend_neutral double precision NOT NULL,
  blend_positive double precision NOT NULL,
  transformer_negative double precision,
  transformer_neutral double precision,
  transformer_positive double precision,
  vader_negative double precision NOT NULL,
  vader_neutral double precision NOT NULL,
  vader_positive double precision NOT NULL,
  vader_compound double precision NOT NULL,
  model_name text,
  model_version text,
  model_sha256 text,
  arm text NOT NULL,
  degraded boolean NOT NULL,
  kafka_partition integer NOT NULL,
  kafka_offset bigint NOT NULL,
  content_hash text NOT NULL,
  PRIMARY KEY (id, as_of)
);
COMMENT ON TABLE sentiment IS 'Ledger of news.sentiment: one row per article and symbol.';
CREATE INDEX sentiment_symbol ON sentiment (symbol, as_of DESC);

CREATE TABLE features (
  id text NOT NULL,
  symbol text NOT NULL,
  feature_set text NOT NULL,
  values double precision[] NOT NULL,
  trigger_id text NOT NULL,
  trigger text NOT NULL,
  sequence bigint NOT NULL,
  event_time timestamptz NOT NULL,
  as_of timestamptz NOT NULL,
  known_at timestamptz NOT NULL,
  origin text NOT NULL CHECK (origin IN ('live', 'backfill')),
  interval text NOT NULL,
  bar_id text NOT NULL,
  bar_time timestamptz NOT NULL,
  close double precision NOT NULL,
  sentiment_mean double precision NOT NULL,
  sentiment_count double precision NOT NULL,
  sentiment_model text,
  kafka_partition integer NOT NULL,
  kafka_offset bigint NOT NULL,
  content_hash text NOT NULL,
  PRIMARY KEY (id, as_of)
);
COMMENT ON TABLE features IS 'Ledger of features: one feature vector per symbol and event.';
COMMENT ON COLUMN features.values IS 'In the order of the feature set.';
CREATE INDEX features_symbol ON features (symbol, as_of DESC);

CREATE TABLE scores (
  id text NOT NULL,
  symbol text NOT NULL,
  vector_id text NOT NULL,
  feature_set text NOT NULL,
  values double precision[] NOT NULL,
  targets jsonb NOT NULL,
  sequence bigint NOT NULL,
  event_time timestamptz NOT NULL,
  as_of timestamptz NOT NULL,
  known_at timestamptz NOT NULL,
  origin text NOT NULL CHECK (origin IN ('live', 'backfill')),
  interval text NOT NULL,
  bar_id text NOT NULL,
  bar_time timestamptz NOT NULL,
  close double precision NOT NULL,
  sentiment_mean double precision NOT NULL,
  sentiment_count double precision NOT NULL,
  sentiment_model text,
  kafka_partition integer NOT NULL,
  kafka_offset bigint NOT NULL,
  content_hash text NOT NULL,
  PRIMARY KEY (id, as_of)
);
COMMENT ON TABLE scores IS 'Ledger of scores: every target''s score for one feature vector; the view score_targets has a row a target.';
CREATE INDEX scores_symbol ON scores (symbol, as_of DESC);

CREATE TABLE forecast_ledger (
  id text NOT NULL,
  symbol text NOT NULL,
  score_id text NOT NULL,
  sequence bigint NOT NULL,
  event_time timestamptz NOT NULL,
  as_of timestamptz NOT NULL,
  known_at timestamptz NOT NULL,
  origin text NOT NULL CHECK (origin IN ('live', 'backfill')),
  interval text NOT NULL,
  bar_id text NOT NULL,
  bar_time timestamptz NOT NULL,
  close double precision NOT NULL,
  target_time timestamptz NOT NULL,
  horizon integer NOT NULL,
  methods jsonb NOT NULL,
  model_version text NOT NULL,
  kafka_partition integer NOT NULL,
  kafka_offset bigint NOT NULL,
  content_hash text NOT NULL,
  PRIMARY KEY (id, as_of)
);
COMMENT ON TABLE forecast_ledger IS 'Ledger of forecasts: everything ever forecast; the view forecast_methods has a row a method, the table forecasts the latest a day.';
CREATE INDEX forecast_ledger_symbol ON forecast_ledger (symbol, as_of DESC);

CREATE TABLE signals (
  id text NOT NULL,
  symbol text NOT NULL,
  forecast_id text NOT NULL,
  score_id text NOT NULL,
  sequence bigint NOT NULL,
  event_time timestamptz NOT NULL,
  as_of timestamptz NOT NULL,
  known_at timestamptz NOT NULL,
  origin text NOT NULL CHECK (origin IN ('live', 'backfill')),
  direction text NOT NULL,
  strength double precision NOT NULL,
  confidence double precision NOT NULL,
  bar_time timestamptz NOT NULL,
  close double precision NOT NULL,
  valid_until timestamptz NOT NULL,
  reasons jsonb NOT NULL,
  kafka_partition integer NOT NULL,
  kafka_offset bigint NOT NULL,
  content_hash text NOT NULL,
  PRIMARY KEY (id, as_of)
);
COMMENT ON TABLE signals IS 'Ledger of signals; the view latest_signals has the newest of each symbol.';
CREATE INDEX signals_symbol ON signals (symbol, as_of DESC);

-- What could not be landed as it was. Nothing is ever silently dropped: it lies here, with the whole record.
CREATE TABLE landing_audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  found_at timestamptz NOT NULL DEFAULT now(),
  kind text NOT NULL CHECK (kind IN ('conflict', 'refused')),
  topic text NOT NULL,
  table_name text NOT NULL,
  record_id text NOT NULL,
  kafka_partition integer NOT NULL,
  kafka_offset bigint NOT NULL,
  content_hash text NOT NULL,
  reason text NOT NULL,
  record jsonb NOT NULL,
  -- A record that is delivered again is the same finding.
  UNIQUE (table_name, record_id, content_hash, kind)
);
COMMENT ON TABLE landing_audit IS 'Ledger of what landing met: an id that is in the ledger with other content (conflict), or a record that the database refused.';

SELECT newstape_grant(ledger, 'ledger')
FROM unnest(ARRAY['sentiment', 'features', 'scores', 'forecast_ledger', 'signals', 'landing_audit']::regclass[]) AS ledger;
