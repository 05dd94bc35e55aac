import assert from "node:assert/strict";
import { test } from "node:test";
import { checkBar } from "../../../operators/series/check-bar.js";
import type { Bar } from "../../../schemas/generated/types.js";
import { bar } from "../../helpers/records.js";

const broken: readonly (readonly [Partial<Bar>, string])[] = [
  [{ close: NaN }, "NOT_FINITE"],
  [{ volume: Infinity }, "NOT_FINITE"],
  [{ adjustment: NaN }, "NOT_FINITE"],
  [{ high: 1e308, low: 1, close: 1e308, open: 1e308, volume: 1e308 }, "NOT_FINITE"],
  [{ low: 0 }, "INVALID_PRICE"],
  [{ low: -1 }, "INVALID_PRICE"],
  [{ high: 99 }, "INVALID_PRICE"],
  [{ low: 101 }, "INVALID_PRICE"],
  [{ close: 1e13 }, "INVALID_PRICE"],
  [{ adjustment: 0 }, "INVALID_PRICE"],
  [{ adjustment: 1e-30 }, "INVALID_PRICE"],
  [{ split: NaN }, "NOT_FINITE"],
  [{ split: 0 }, "INVALID_PRICE"],
  [{ split: 1e7 }, "INVALID_PRICE"],
  [{ dividendFactor: -1 }, "INVALID_PRICE"],
  [{ volume: -1 }, "INVALID_VOLUME"],
  [{ volume: 1e19 }, "INVALID_VOLUME"],
];

test("valid bars pass, with no volume and no range too", () => {
  assert.equal(checkBar(bar({ volume: 0 })), undefined);
  assert.equal(checkBar(bar({ split: 1 / 50_000, dividendFactor: 1.05 })), undefined);
});

for (const [fields, code] of broken) {
  test(`a bar with ${Object.keys(fields).join(", ")} ${Object.values(fields).join(", ")} is refused as ${code}`, () => {
    assert.equal(checkBar(bar(fields))?.code, code);
  });
}
