import assert from "node:assert/strict";
import { test } from "node:test";
import { defineFeatureSet, featureSetId } from "../../../operators/features/feature-set.js";
import { allFeatures } from "../../../operators/features/all-features.js";
import { core, full } from "./events.js";

test("core is the list that the first models were trained on", () => {
  assert.deepEqual(core.names, [
    "rsi-14",
    "macd-line",
    "macd-signal",
    "macd-histogram",
    "bollinger-position",
    "bollinger-width",
    "volume-ratio-20",
    "last-return",
    "momentum-5",
    "momentum-10",
    "momentum-20",
    "range-volatility-20",
    "sentiment-mean",
    "sentiment-count",
    "time-of-day-sin",
    "time-of-day-cos",
    "day-of-week-sin",
    "day-of-week-cos",
  ]);
});

test("names, parameters, versions and the order all enter the id", () => {
  const [first, second, ...rest] = allFeatures;
  assert.ok(first && second);
  const ids = [
    featureSetId(allFeatures),
    featureSetId([second, first, ...rest]),
    featureSetId([second, ...rest]),
    featureSetId([{ ...first, name: "other" }, second, ...rest]),
    featureSetId([{ ...first, version: 2 }, second, ...rest]),
    featureSetId([{ ...first, parameters: { period: 15 } }, second, ...rest]),
  ];
  assert.equal(new Set(ids).size, ids.length);
});

test("a set's warm-up is the longest of its features, and the full set has those of core", () => {
  assert.equal(full.warmUpBars, Math.max(...full.features.map(({ warmUp }) => warmUp)));
  assert.ok(core.names.every((name) => full.names.includes(name)));
});

test("names, formulas and versions are well-formed", () => {
  for (const { name, formula, version, warmUp, parameters } of allFeatures) {
    assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.ok(formula.length > 0 && !formula.includes("\n"), name);
    assert.ok(Number.isInteger(version) && version >= 1, name);
    assert.ok(Number.isInteger(warmUp) && warmUp >= 0, name);
    assert.ok(Object.values(parameters).every(Number.isFinite), name);
  }
});

test("a set that names a feature twice is refused", () => {
  assert.throws(() => defineFeatureSet("twice", [...core.features, ...core.features]), /twice names a feature twice/);
});
