CREATE OR REPLACE VIEW latest_signals AS
SELECT DISTINCT ON (symbol) *
FROM signals
ORDER BY symbol, as_of DESC, sequence DESC;
COMMENT ON VIEW latest_signals IS 'The newest signal of each symbol.';

SELECT newstape_grant('latest_signals', 'view');
