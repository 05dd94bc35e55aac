-- What was known at a moment: of each symbol the newest record that had been published by then. A later correction, a late
-- article or a replayed record has a known_at of its own, and changes nothing of what was known before.
--
-- Bodies in SQL are bound to their tables here, whatever the search_path of the caller; they run with the caller's rights.

CREATE FUNCTION sentiment_as_of(moment timestamptz) RETURNS SETOF sentiment LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT DISTINCT ON (symbol) * FROM sentiment WHERE known_at <= moment AND as_of <= moment
  ORDER BY symbol, as_of DESC, known_at DESC, id;
END;

CREATE FUNCTION features_as_of(moment timestamptz) RETURNS SETOF features LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT DISTINCT ON (symbol, interval, feature_set) * FROM features WHERE known_at <= moment AND as_of <= moment
  ORDER BY symbol, interval, feature_set, as_of DESC, sequence DESC, id;
END;

CREATE FUNCTION scores_as_of(moment timestamptz) RETURNS SETOF scores LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT DISTINCT ON (symbol, interval, feature_set) * FROM scores WHERE known_at <= moment AND as_of <= moment
  ORDER BY symbol, interval, feature_set, as_of DESC, sequence DESC, id;
END;

CREATE FUNCTION forecasts_as_of(moment timestamptz) RETURNS SETOF forecast_ledger LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT DISTINCT ON (symbol, interval) * FROM forecast_ledger WHERE known_at <= moment AND as_of <= moment
  ORDER BY symbol, interval, as_of DESC, sequence DESC, id;
END;

CREATE FUNCTION signals_as_of(moment timestamptz) RETURNS SETOF signals LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT DISTINCT ON (symbol) * FROM signals WHERE known_at <= moment AND as_of <= moment
  ORDER BY symbol, as_of DESC, sequence DESC, id;
END;

COMMENT ON FUNCTION sentiment_as_of IS 'The newest sentiment of each symbol that was known at the moment.';
COMMENT ON FUNCTION features_as_of IS 'The newest vector of each symbol, interval and feature set that was known at the moment.';
COMMENT ON FUNCTION scores_as_of IS 'The newest score of each symbol, interval and feature set that was known at the moment.';
COMMENT ON FUNCTION forecasts_as_of IS 'The newest forecast of each symbol and interval that was known at the moment.';
COMMENT ON FUNCTION signals_as_of IS 'The newest signal of each symbol that was known at the moment; one whose valid_until has passed speaks of nothing any more.';
