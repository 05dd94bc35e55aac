CREATE OR REPLACE FUNCTION forecasts_as_of(moment timestamptz) RETURNS SETOF forecast_ledger LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (symbol, interval) * FROM @schema@.forecast_ledger
  WHERE known_at <= forecasts_as_of.moment AND as_of <= forecasts_as_of.moment
  ORDER BY symbol, interval, as_of DESC, sequence DESC, id;
$$;
COMMENT ON FUNCTION forecasts_as_of(timestamptz) IS 'The newest forecast of each symbol and interval that was known at the moment.';
