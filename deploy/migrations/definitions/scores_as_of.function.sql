CREATE OR REPLACE FUNCTION scores_as_of(moment timestamptz) RETURNS SETOF scores LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (symbol, interval, feature_set) * FROM @schema@.scores
  WHERE known_at <= scores_as_of.moment AND as_of <= scores_as_of.moment
  ORDER BY symbol, interval, feature_set, as_of DESC, sequence DESC, id;
$$;
COMMENT ON FUNCTION scores_as_of(timestamptz) IS 'The newest score of each symbol, interval and feature set that was known at the moment.';
