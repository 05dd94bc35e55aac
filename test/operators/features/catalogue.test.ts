import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { featureCatalogue } from "../../../operators/features/catalogue.js";
import { allFeatures } from "../../../operators/features/all-features.js";
import { aliasesOf, featureSets } from "../../../operators/features/feature-sets.js";
import { packageRoot } from "../../../schemas/files.js";

test("the catalogue of features is fresh, and every feature is in it once", () => {
  const text = readFileSync(join(packageRoot, "operators", "features", "README.md"), "utf8");
  assert.equal(text, featureCatalogue(allFeatures, featureSets, aliasesOf), "run `npm run docs`");
  for (const { name } of allFeatures) assert.equal(text.split(`| \`${name}\` |`).length, 2, name);
});
