import assert from "node:assert/strict";
import { test } from "node:test";
import { landBatch } from "../../pipelines/landing/land-batch.js";
import { findGaps, sequenceTables, type GapSearch } from "../../pipelines/operations/doctor/sequence-gaps.js";
import type { FeatureVector } from "../../schemas/generated/types.js";
import { createTestDatabase } from "../helpers/database.js";
import { close, delivered, vector } from "../helpers/landing-records.js";

const { database } = await createTestDatabase();
const dayMs = 86_400_000;
const features = sequenceTables.find(({ table }) => table === "features");
assert.ok(features);

const numbered = (symbol: string, sequence: number, fields: Partial<FeatureVector> = {}): FeatureVector =>
  vector({
    id: `${symbol}-${sequence}-${fields.featureSet ?? ""}`,
    symbol,
    sequence,
    asOf: close + sequence,
    ...fields,
  });
const land = (records: readonly FeatureVector[], offset = 0) =>
  landBatch(database, new Map([["features" as const, delivered(records, offset)]]));
const search = (days?: number): Promise<GapSearch> =>
  database.transaction((client) => findGaps(client, features, days));
const of = ({ gaps }: GapSearch, symbol: string) =>
  gaps.filter((gap) => gap.of === symbol).map(({ from, to, missing }) => [from, to, missing]);

test("gaps of a symbol, with the places on either side; the sets of one trigger share a number", async () => {
  const records = [1, 2, 5, 6, 9].flatMap((sequence) => [
    numbered("GAP", sequence),
    numbered("GAP", sequence, { featureSet: "other" }),
  ]);
  await land(records);
  const found = await search();
  assert.deepEqual(of(found, "GAP"), [
    [3, 4, 2],
    [7, 8, 2],
  ]);
  assert.deepEqual(found.gaps[0]?.before, { partition: 3, offset: 3 });
  assert.deepEqual(found.gaps[0].after, { partition: 3, offset: 4 });
});

test("what begins late, begins anew, or is published for one set alone has no gap", async () => {
  await land([7, 8, 9].map((sequence) => numbered("LATE", sequence)));
  await land([1, 2, 3, 4].map((sequence) => numbered("ANEW", sequence)));
  // After a reset that began to count from the first input that was left.
  await land([2, 3, 4, 5].map((sequence) => numbered("ANEW", sequence, { featureSet: "anew", asOf: close + dayMs })));
  await land([1, 3].map((sequence) => numbered("SETS", sequence)));
  await land([numbered("SETS", 2, { featureSet: "other" })]);
  const found = await search();
  for (const symbol of ["LATE", "ANEW", "SETS"]) assert.deepEqual(of(found, symbol), [], symbol);
});

test("a number is missing only if no row has it, however old; the window is the newest rows'", async () => {
  const now = close + 100 * dayMs;
  await land([1, 2, 3, 4, 5].map((sequence) => numbered("OLD", sequence)));
  await land([1, 6, 9].map((sequence) => numbered("OLD", sequence, { featureSet: "new", asOf: now + sequence })));
  assert.deepEqual(of(await search(30), "OLD"), [[7, 8, 2]], "2 to 5 lie before the window");
  assert.deepEqual(of(await search(30), "GAP"), [], "so does all of this symbol");
  assert.ok(((await search(30)).rows ?? 0) < (await search()).rows);
});

test("what landing_audit has is counted with the gap that it lies in", async () => {
  await land([1, 2, 4].map((sequence) => numbered("AUDIT", sequence)));
  await land([{ ...numbered("AUDIT", 3), id: "AUDIT-2-" }], 50);
  const [gap] = (await search()).gaps.filter(({ of: symbol }) => symbol === "AUDIT");
  assert.deepEqual([gap?.missing, gap?.audited], [1, 1]);
});
