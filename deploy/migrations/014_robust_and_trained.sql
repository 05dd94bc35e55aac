-- Statistics of the cross-section that a few returns far off hardly move, whether a signal is of a symbol that its models were
-- trained on, and whether somebody has accepted a bar's price by hand. NULL where a record from before has nothing to say: the
-- content hash of its row stays what it is.

ALTER TABLE market_context ADD COLUMN median_return double precision;
ALTER TABLE market_context ADD COLUMN winsorised_return double precision;
ALTER TABLE market_context ADD COLUMN median_deviation double precision;
COMMENT ON COLUMN market_context.median_return IS 'Median of the log returns.';
COMMENT ON COLUMN market_context.winsorised_return IS 'Mean of the log returns, the lowest and the highest fifth drawn in to the nearest return within.';
COMMENT ON COLUMN market_context.median_deviation IS 'Median of |log return − median| / 0.6745: the dispersion, if the returns are normal.';

ALTER TABLE signals ADD COLUMN trained boolean;
COMMENT ON COLUMN signals.trained IS 'Whether the symbol is among those that the models behind it were trained on; NULL when that is not known of one, or none took part.';

ALTER TABLE bars ADD COLUMN confirmed boolean;
COMMENT ON COLUMN bars.confirmed IS 'True when somebody has accepted its price, however far it is from the bars around it, else NULL.';
