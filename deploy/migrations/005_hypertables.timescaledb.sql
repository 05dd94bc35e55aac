-- Hypertables over the time in which the data lives (as_of, a bar's close), not over when it was landed.
--
-- 30 days a chunk: 88 symbols with 100 vectors a day each are about 260,000 rows a chunk, well within the quarter of the
-- memory that TimescaleDB advises for the indexes of all active chunks. Change it with set_chunk_time_interval.
SELECT create_hypertable(ledger, by_range('as_of', INTERVAL '30 days'), create_default_indexes => false, if_not_exists => true)
FROM unnest(ARRAY['sentiment', 'features', 'scores', 'forecast_ledger', 'signals']::regclass[]) AS ledger;

-- A year a chunk: a year of 88 symbols' daily bars is 22,000 rows, of one minute's 8.6 million. Who lands minutes only
-- sets it to 30 days.
SELECT create_hypertable('bars', by_range('event_time', INTERVAL '365 days'), create_default_indexes => false, if_not_exists => true);

-- Columnstore (called compression before 2.18, where this is skipped). By the age of the chunk itself, not of its data: a
-- backfill of 2015 would otherwise be converted while it is being loaded, and every late row would have to be written
-- through the decompression.
DO $$
DECLARE
  hypertable regclass;
  ordering text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_proc WHERE proname = 'add_columnstore_policy') THEN
    RAISE NOTICE 'TimescaleDB is older than 2.18: no columnstore';
    RETURN;
  END IF;
  FOREACH hypertable IN ARRAY ARRAY['sentiment', 'features', 'scores', 'forecast_ledger', 'signals', 'bars']::regclass[] LOOP
    -- The columns of the primary key take part, or each insert would have to decompress to see whether the row is there.
    ordering := CASE hypertable WHEN 'bars'::regclass THEN 'event_time DESC, interval' ELSE 'as_of DESC, id' END;
    EXECUTE format(
      'ALTER TABLE %s SET (timescaledb.enable_columnstore, timescaledb.segmentby = ''symbol'', timescaledb.orderby = %L)',
      hypertable, ordering);
    EXECUTE format('CALL add_columnstore_policy(%L::regclass, created_before => INTERVAL ''60 days'', if_not_exists => true)', hypertable::text);
  END LOOP;
END
$$;

-- Retention is off: market data of 2015 would be gone at once, and a ledger that forgets is none. To switch it on for one
-- table, by the age of the chunk itself:
--   SELECT add_retention_policy('features', drop_created_before => INTERVAL '5 years');
