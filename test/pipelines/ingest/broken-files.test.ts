import assert from "node:assert/strict";
import { test } from "node:test";
import { brokenBars, brokenNews, fileOf } from "./helpers/broken-files.js";
import { outcomesOf, verdict } from "./helpers/lines-of.js";

for (const [kind, cases] of [
  ["news", brokenNews],
  ["bars", brokenBars],
] as const) {
  test(`each broken line of a ${kind} file is refused with its code and number, and the rest goes through`, async () => {
    const outcomes = await outcomesOf(kind, fileOf(cases));
    const expected = cases.map(([, wanted], index) => `${index + 1} ${wanted}`);
    assert.deepEqual(
      outcomes.map((outcome) => `${outcome.line} ${verdict(outcome)}`),
      expected,
    );
    for (const outcome of outcomes) {
      if (outcome.outcome !== "rejected") continue;
      const { rejection } = outcome;
      assert.equal(rejection.line, outcome.line);
      assert.ok(rejection.reason.length > 0 && rejection.reason.length < 300, rejection.reason);
      assert.ok(Buffer.byteLength(rejection.original) <= 3 * 512);
    }
  });
}
