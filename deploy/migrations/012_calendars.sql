-- The calendar of the exchange, by its MIC: each calendar is a market of its own. Rows from before are of New York.
--
-- Constant defaults: the tables are not written anew, and TimescaleDB takes no others for a table with a columnstore.

ALTER TABLE bars ADD COLUMN calendar text NOT NULL DEFAULT 'XNYS';
COMMENT ON COLUMN bars.calendar IS 'Calendar by which the next bar is due: XNYS, XLON, 24/7, ….';

ALTER TABLE market_context ADD COLUMN calendar text NOT NULL DEFAULT 'XNYS';
COMMENT ON COLUMN market_context.calendar IS 'Calendar of the bars; sequence numbers the rows of an interval and calendar.';
DROP INDEX market_context_time;
CREATE INDEX market_context_time ON market_context (calendar, interval, event_time DESC, sequence DESC);
