CREATE OR REPLACE FUNCTION signals_as_of(moment timestamptz) RETURNS SETOF signals LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (symbol) * FROM @schema@.signals
  WHERE known_at <= signals_as_of.moment AND as_of <= signals_as_of.moment
  ORDER BY symbol, as_of DESC, sequence DESC, id;
$$;
COMMENT ON FUNCTION signals_as_of(timestamptz) IS 'The newest signal of each symbol that was known at the moment; one whose valid_until has passed speaks of nothing any more.';
