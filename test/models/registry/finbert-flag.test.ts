import assert from "node:assert/strict";
import { test } from "node:test";
import { finbertArms, parseFinbertFlag, transformerOf, vaderAlone } from "../../../models/registry/finbert-flag.js";
import { checkShares } from "../../../models/registry/route-shares.js";
import { armFor } from "../../../models/registry/view.js";
import { readConfig } from "../../../pipelines/config.js";

test("the flag is off, on, ab or a percentage", () => {
  const shares = ["off", "ON", " ab ", "25%", "12.5 %", "0", "100%"].map(parseFinbertFlag);
  assert.deepEqual(shares, [0, 1, 0.5, 0.25, 0.125, 0, 1]);
  for (const wrong of ["", "yes", "101%", "-1%", "1e1", "25%%", "%"])
    assert.throws(() => parseFinbertFlag(wrong), /none of off, on, ab and a percentage/, wrong);
});

test("the variable is checked like every other", () => {
  assert.equal(readConfig({ FINBERT_SENTIMENT: "25%" }).finbertShare, 0.25);
  assert.equal(readConfig({}).finbertShare, undefined);
  assert.throws(() => readConfig({ FINBERT_SENTIMENT: "sometimes" }), /FINBERT_SENTIMENT: must be off, on, ab/);
});

test("a share that grows keeps the symbols that the transformer had", () => {
  const symbols = Array.from({ length: 2000 }, (_, index) => `S${index}`);
  const served = (share: number): Set<string> => {
    const arms = finbertArms(share, "finbert@1");
    checkShares("sentiment", arms);
    return new Set(symbols.filter((symbol) => armFor({ task: "sentiment", arms }, symbol).model === "finbert@1"));
  };
  const [none, quarter, half, all] = [served(0), served(0.25), served(0.5), served(1)];
  assert.deepEqual([none.size, all.size], [0, symbols.length]);
  assert.ok([...quarter].every((symbol) => half.has(symbol)));
  // Three standard errors of a share of 2,000.
  assert.ok(
    Math.abs(quarter.size / symbols.length - 0.25) < 0.03 && Math.abs(half.size / symbols.length - 0.5) < 0.035,
  );
});

test("the transformer of a route is found whatever its share", () => {
  assert.equal(transformerOf(finbertArms(0, "finbert@1")), "finbert@1");
  assert.equal(transformerOf([{ arm: "vader", model: vaderAlone, share: 1 }]), undefined);
});
