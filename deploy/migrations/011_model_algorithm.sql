-- The task of a model gets a column of its own, and model_type says the algorithm, as in rows that others have put there
-- (random_forest, xgboost, …). Those have no sha256, and no task of ours.

ALTER TABLE ml_models ADD COLUMN task text;

-- One place says what model_type is, for whoever writes the row: this build, the one before it during an upgrade, and the
-- restoring of a backup of then. The latter two know no task and write it as the model_type.
CREATE FUNCTION newstape_describe_model() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.task := coalesce(NEW.task, NEW.model_type);
  NEW.model_type := coalesce(
    NEW.card ->> 'algorithm',
    CASE
      WHEN NEW.task = 'sentiment' THEN 'transformer'
      -- Versions of the libraries that it was trained with. Of scikit-learn's many algorithms the library tells none.
      WHEN NEW.card -> 'trainer' ? 'lightgbm' THEN 'lightgbm'
      WHEN NEW.card -> 'trainer' ? 'xgboost' THEN 'xgboost'
      ELSE 'unknown'
    END);
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION newstape_describe_model IS 'Fills ml_models.task and model_type of a registered model from its card.';

CREATE TRIGGER ml_models_describe BEFORE INSERT OR UPDATE ON ml_models
FOR EACH ROW WHEN (NEW.sha256 IS NOT NULL) EXECUTE FUNCTION newstape_describe_model();

UPDATE ml_models SET task = model_type WHERE sha256 IS NOT NULL;
ALTER TABLE ml_models ADD CONSTRAINT ml_models_task_check CHECK (sha256 IS NULL OR task IS NOT NULL);

COMMENT ON COLUMN ml_models.task IS 'What it predicts: sentiment | direction | move | return; NULL for a row that was not registered through Newstape.';
COMMENT ON COLUMN ml_models.model_type IS 'Algorithm: transformer | lightgbm | xgboost | random_forest | …; unknown where neither "algorithm" nor "trainer" of the card tells.';

-- A build of before, which shares the database during an upgrade, reads the model_type back as the task that it publishes.
CREATE FUNCTION newstape_describe_outbox() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  NEW.record := jsonb_set(
    NEW.record,
    '{model,task}',
    coalesce((SELECT to_jsonb(task) FROM ml_models WHERE version = NEW.key AND task IS NOT NULL), NEW.record #> '{model,task}'));
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION newstape_describe_outbox IS 'Gives a published model the task that ml_models has of it.';

CREATE TRIGGER registry_outbox_describe BEFORE INSERT ON registry_outbox
FOR EACH ROW WHEN (NEW.record #>> '{model,task}' IS NOT NULL) EXECUTE FUNCTION newstape_describe_outbox();
