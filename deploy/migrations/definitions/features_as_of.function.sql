CREATE OR REPLACE FUNCTION features_as_of(moment timestamptz) RETURNS SETOF features LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (symbol, interval, feature_set) * FROM @schema@.features
  WHERE known_at <= features_as_of.moment AND as_of <= features_as_of.moment
  ORDER BY symbol, interval, feature_set, as_of DESC, sequence DESC, id;
$$;
COMMENT ON FUNCTION features_as_of(timestamptz) IS 'The newest vector of each symbol, interval and feature set that was known at the moment.';
