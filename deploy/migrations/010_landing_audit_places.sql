-- Which two records an entry of landing_audit is about, and whether the topic held both when it was found: what tells a
-- record that the topic holds twice (exactly-once was broken) from one that a stage said anew after a reset.
--
-- NULL where it is not known: entries from before, and a record that could not be looked for.
ALTER TABLE landing_audit ADD COLUMN first_partition integer;
ALTER TABLE landing_audit ADD COLUMN first_offset bigint;
ALTER TABLE landing_audit ADD COLUMN first_hash text;
ALTER TABLE landing_audit ADD COLUMN first_in_topic boolean;
ALTER TABLE landing_audit ADD COLUMN trigger text;
ALTER TABLE landing_audit ADD COLUMN first_trigger text;
COMMENT ON COLUMN landing_audit.first_partition IS 'With first_offset: where the record lay that the ledger holds under this id.';
COMMENT ON COLUMN landing_audit.first_hash IS 'content_hash of the record that the ledger holds.';
COMMENT ON COLUMN landing_audit.first_in_topic IS 'Whether the topic still held that record when this entry was written.';
COMMENT ON COLUMN landing_audit.trigger IS 'topic/partition/offset of the input that caused this record; first_trigger: that caused the one in the ledger.';

-- The same content at another place of the topic. The ledger has the record, so it is not kept here again.
ALTER TABLE landing_audit DROP CONSTRAINT landing_audit_kind_check;
ALTER TABLE landing_audit ADD CONSTRAINT landing_audit_kind_check CHECK (kind IN ('conflict', 'doubled', 'refused'));
ALTER TABLE landing_audit ALTER COLUMN record DROP NOT NULL;
COMMENT ON TABLE landing_audit IS 'Ledger of what landing met: an id that is in the ledger with other content (conflict), one that the topic holds twice with the same (doubled), or a record that the database refused.';
