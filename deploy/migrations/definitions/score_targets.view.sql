CREATE OR REPLACE VIEW score_targets AS
SELECT
  scores.id AS score_id, scores.symbol, scores.as_of, scores.known_at,
  target.target, target.values, target.levels, target.arm,
  target.model ->> 'name' AS model_name,
  target.model ->> 'version' AS model_version,
  target.model ->> 'sha256' AS model_sha256,
  target.trained
FROM scores
CROSS JOIN LATERAL jsonb_to_recordset(scores.targets)
  AS target(target text, values double precision[], levels double precision[], model jsonb, arm text, trained boolean);
COMMENT ON VIEW score_targets IS 'scores.targets, a row per target.';

SELECT newstape_grant('score_targets', 'view');
