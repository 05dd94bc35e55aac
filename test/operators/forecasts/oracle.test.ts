/** Naive and HAR variances against a batch computation with numpy (test/fixtures/har/make.py). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { emptyCore, stepCore } from "../../../operators/forecasts/core.js";
import { harVariance } from "../../../operators/forecasts/har.js";
import { normalQuantile } from "../../../operators/forecasts/normal.js";
import { packageRoot } from "../../../schemas/files.js";
import { fixtureBars, fixtureSymbols } from "../../helpers/records.js";

const expected = readFileSync(join(packageRoot, "test/fixtures/har/expected.csv"), "utf8").trim().split("\n").slice(1);

for (const symbol of fixtureSymbols) {
  test(`variances of ${symbol}`, () => {
    const rows = expected.filter((line) => line.startsWith(`${symbol},`)).map((line) => line.split(",").slice(2));
    let core = emptyCore;
    const worst = { naive: 0, har: 0 };
    let forecasts = 0;
    for (const [index, of] of fixtureBars(symbol).entries()) {
      core = stepCore(core, { ...of, time: of.eventTime, superseded: [] });
      if (index === 0) continue;
      const [naive = "", har = ""] = rows[index - 1] ?? [];
      worst.naive = Math.max(worst.naive, Math.abs(core.returnVariance / Number(naive) - 1));
      const found = harVariance(core.har);
      assert.equal(found === undefined, har === "", `bar ${index + 1}`);
      if (found === undefined) continue;
      forecasts += 1;
      worst.har = Math.max(worst.har, Math.abs(found / Number(har) - 1));
    }
    assert.equal(forecasts, 300 - 88);
    assert.ok(worst.naive <= 1e-12, `naive ${worst.naive}`);
    assert.ok(worst.har <= 1e-9, `har ${worst.har}`);
  });
}

test("quantiles of the normal distribution", () => {
  // scipy.stats.norm.ppf
  const known = [
    [1e-300, -37.0470962993612],
    [1e-10, -6.361340902404056],
    [0.01, -2.3263478740408408],
    [0.05, -1.6448536269514729],
    [0.3, -0.5244005127080409],
    [0.5, 0],
    [0.75, 0.6744897501960817],
    [0.95, 1.6448536269514722],
    [0.999, 3.090232306167813],
  ] as const;
  for (const [level, value] of known) {
    const found = normalQuantile(level);
    assert.ok(Math.abs(found - value) <= 2e-15 * Math.max(1, Math.abs(value)), `${level}: ${found}`);
  }
});
