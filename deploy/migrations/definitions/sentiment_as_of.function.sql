CREATE OR REPLACE FUNCTION sentiment_as_of(moment timestamptz) RETURNS SETOF sentiment LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (symbol) * FROM @schema@.sentiment
  WHERE known_at <= sentiment_as_of.moment AND as_of <= sentiment_as_of.moment
  ORDER BY symbol, as_of DESC, known_at DESC, id;
$$;
COMMENT ON FUNCTION sentiment_as_of(timestamptz) IS 'The newest sentiment of each symbol that was known at the moment.';
