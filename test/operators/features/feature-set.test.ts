import assert from "node:assert/strict";
import { test } from "node:test";
import { featureList, featureSet, featureSetId } from "../../../operators/features/feature-set.js";

test("the set's id is the one that models were trained on: a change of the features changes it, knowingly", () => {
  assert.equal(featureSet.id, "fs-K_fTwV-P");
  assert.deepEqual(featureSet.names, [
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
  const [first, second, ...rest] = featureList;
  assert.ok(first && second);
  const ids = [
    featureSetId(featureList),
    featureSetId([second, first, ...rest]),
    featureSetId([second, ...rest]),
    featureSetId([{ ...first, name: "other" }, second, ...rest]),
    featureSetId([{ ...first, version: 2 }, second, ...rest]),
    featureSetId([{ ...first, parameters: { period: 15 } }, second, ...rest]),
  ];
  assert.equal(new Set(ids).size, ids.length);
});
