-- What is nested in the ledgers, a row each, and the newest signals.

CREATE VIEW score_targets AS
SELECT
  scores.id AS score_id, scores.symbol, scores.as_of, scores.known_at,
  target.target, target.values, target.levels, target.arm,
  target.model ->> 'name' AS model_name,
  target.model ->> 'version' AS model_version,
  target.model ->> 'sha256' AS model_sha256
FROM scores
CROSS JOIN LATERAL jsonb_to_recordset(scores.targets)
  AS target(target text, values double precision[], levels double precision[], model jsonb, arm text);
COMMENT ON VIEW score_targets IS 'scores.targets, a row per target.';

CREATE VIEW forecast_methods AS
SELECT
  ledger.id AS forecast_id, ledger.symbol, ledger.as_of, ledger.known_at, ledger.close, ledger.target_time, ledger.horizon,
  part.method, part.levels, part.quantiles, part.volatility
FROM forecast_ledger AS ledger
CROSS JOIN LATERAL jsonb_to_recordset(ledger.methods)
  AS part(method text, levels double precision[], quantiles double precision[], volatility double precision);
COMMENT ON VIEW forecast_methods IS 'forecast_ledger.methods, a row per method.';

CREATE VIEW latest_signals AS
SELECT DISTINCT ON (symbol) *
FROM signals
ORDER BY symbol, as_of DESC, sequence DESC;
COMMENT ON VIEW latest_signals IS 'The newest signal of each symbol.';

SELECT newstape_grant(relation, 'view')
FROM unnest(ARRAY['score_targets', 'forecast_methods', 'latest_signals']::regclass[]) AS relation;
