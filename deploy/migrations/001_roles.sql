-- Two roles without a login, to be granted to whoever lands and whoever reads. The ledgers' promise (append-only) is kept
-- by what newstape_landing may do, not by the good will of the code.
--
-- Roles belong to the whole cluster, so another database may have made them, or be making them at this moment: that is
-- no error. A migrating user who may not create roles goes on without them; whoever creates them later runs the
-- newstape_grant calls of the later migrations once more.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['newstape_landing', 'newstape_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL;
        WHEN insufficient_privilege THEN
          RAISE NOTICE 'The role % is missing and % may not create it: the ledgers are append-only by convention alone', wanted, current_user;
      END;
    END IF;
  END LOOP;
  -- Whoever migrates usually also lands. Since PostgreSQL 16 creating a role no longer includes the right to SET ROLE to it.
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'newstape_landing')
     AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    BEGIN
      EXECUTE format('GRANT newstape_landing TO %I', current_user);
    EXCEPTION
      -- internal_error: "tuple concurrently updated", when two databases do this at once.
      WHEN insufficient_privilege OR internal_error THEN
        RAISE NOTICE '% was not made a member of newstape_landing', current_user;
    END;
  END IF;
END
$$;

CREATE FUNCTION newstape_grant(relation regclass, kind text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  landing text := CASE kind
    WHEN 'ledger' THEN 'SELECT, INSERT'
    WHEN 'projection' THEN 'SELECT, INSERT, UPDATE'
    WHEN 'view' THEN 'SELECT'
  END;
BEGIN
  IF landing IS NULL THEN
    RAISE EXCEPTION 'A relation is a ledger, a projection or a view, not a %', kind;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'newstape_landing') THEN
    EXECUTE format('GRANT %s ON %s TO newstape_landing', landing, relation);
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'newstape_reader') THEN
    EXECUTE format('GRANT SELECT ON %s TO newstape_reader', relation);
  END IF;
END
$$;
COMMENT ON FUNCTION newstape_grant IS
  'Gives newstape_landing and newstape_reader what they may do with a ledger, projection or view; nothing where a role is missing.';
-- Callable by its owner alone: it passes on the owner's rights.
REVOKE ALL ON FUNCTION newstape_grant FROM PUBLIC;
