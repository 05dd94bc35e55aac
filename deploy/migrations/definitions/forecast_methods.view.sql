CREATE OR REPLACE VIEW forecast_methods AS
SELECT
  ledger.id AS forecast_id, ledger.symbol, ledger.as_of, ledger.known_at, ledger.close, ledger.target_time, ledger.horizon,
  part.method, part.levels, part.quantiles, part.volatility
FROM forecast_ledger AS ledger
CROSS JOIN LATERAL jsonb_to_recordset(ledger.methods)
  AS part(method text, levels double precision[], quantiles double precision[], volatility double precision);
COMMENT ON VIEW forecast_methods IS 'forecast_ledger.methods, a row per method.';

SELECT newstape_grant('forecast_methods', 'view');
