import assert from "node:assert/strict";
import { test } from "node:test";
import { featureSetsByName } from "../../../../operators/features/feature-sets.js";
import type { FeatureSet } from "../../../../operators/features/feature-set.js";
import { featureSetFindings, featureSetSummary } from "../../../../pipelines/operations/doctor/feature-sets.js";

const [core, full] = featureSetsByName(["core-1", "full-1"]) as [FeatureSet, FeatureSet];
const model = (task: string, version: string, featureSet: string | null, active = true) => ({
  name: `trees-${task}`,
  version,
  task,
  featureSet,
  active,
});
const registered = [
  model("direction", "1.0.0", core.id),
  model("direction", "1.9.0", full.id),
  model("direction", "1.10.0", full.id),
  model("move", "1.10.0", full.id),
  model("sentiment", "1", null),
];
const inUse = [model("direction", "1.10.0", full.id), model("move", "1.10.0", full.id), model("sentiment", "1", null)];

test("what every model takes is served: no finding, beside which sets fit", () => {
  assert.deepEqual(featureSetFindings(inUse, registered, [full]), []);
  assert.deepEqual(featureSetFindings(inUse, registered, [core, full]), []);
  assert.equal(featureSetSummary(inUse, [full]), "the feature sets that they take are served: full-1");
  assert.match(featureSetSummary(inUse, [core, full]), /served: full-1; served and taken by none: core-1$/);
});

test("a set that models take and no process serves is one error: which, for whom, what is served, what to do", () => {
  const [finding, ...others] = featureSetFindings(inUse, registered, [core]);
  assert.deepEqual(others, []);
  assert.equal(finding?.severity, "error");
  assert.equal(
    finding.summary,
    `the feature set full-1 (${full.id}) is not served, and models take no other: trees-direction@1.10.0 (direction), trees-move@1.10.0 (move)`,
  );
  assert.match(finding.explanation ?? "", new RegExp(`core-1 \\(${core.id}\\) is served.* no rejects`));
  assert.match(finding.fix ?? "", /NEWSTAPE_FEATURE_SETS=core-1,full-1; or /);
  assert.match(finding.fix ?? "", /newstape models route direction champion=trees-direction@1\.0\.0:1/);
  assert.match(finding.fix ?? "", /no active model of move takes a set that is served/);
});

test("a set that this build does not have is reported as missing here, and the newest model that fits is named", () => {
  const gone = model("direction", "2.0.0", "fs-gone");
  const [finding] = featureSetFindings([gone], [...registered, gone], [full]);
  assert.match(
    finding?.summary ?? "",
    /^this build has no feature set fs-gone, .* a model takes no other: trees-direction@2/,
  );
  assert.match(finding?.fix ?? "", /^Run a build that has the set; .* champion=trees-direction@1\.10\.0:1$/);
});

test("a model that is not active is never recommended: no route may name it", () => {
  const gone = model("direction", "2.0.0", "fs-gone");
  const newer = model("direction", "1.11.0", full.id, false);
  const fixOf = (known: typeof registered) => featureSetFindings([gone], known, [full])[0]?.fix ?? "";
  assert.match(fixOf([...registered, newer]), /champion=trees-direction@1\.10\.0:1$/);
  assert.match(fixOf([newer]), /no active model of direction takes a set that is served$/);
});
