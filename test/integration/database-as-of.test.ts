/** What was known at a moment stays what it was, whatever comes later. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { landBatch } from "../../pipelines/landing/land-batch.js";
import type { LandedRecord } from "../../pipelines/landing/landed-record.js";
import type { LandedTopic } from "../../schemas/topics.js";
import { createTestDatabase } from "../helpers/database.js";
import { close, delivered, forecast, score, sentiment, signal, vector } from "../helpers/landing-records.js";

const { database } = await createTestDatabase();
const hour = 3_600_000;
const at = (hours: number): Date => new Date(close + hours * hour);

/** A record of a backfill is known when it was available; a live one when the broker had it. */
const live = { origin: "live" } as const;

await landBatch(
  database,
  new Map<LandedTopic, LandedRecord[]>([
    ["news.sentiment", delivered([sentiment({ id: "s1" }), sentiment({ id: "s2", asOf: close + 2 * hour })])],
    [
      "features",
      delivered([
        vector({ id: "v1", sequence: 1 }),
        vector({ id: "v2", sequence: 2, asOf: close + 2 * hour }),
        vector({ id: "v3", sequence: 3, asOf: close + 2 * hour, featureSet: "another" }),
      ]),
    ],
    ["scores", delivered([score({ id: "c1", sequence: 1 }), score({ id: "c2", sequence: 2, asOf: close + 2 * hour })])],
    [
      "forecasts",
      delivered([forecast({ id: "f1", sequence: 1 }), forecast({ id: "f2", sequence: 2, asOf: close + 2 * hour })]),
    ],
    [
      "signals",
      delivered([
        signal({ id: "g1", sequence: 1 }),
        signal({ id: "g2", sequence: 2, asOf: close + 2 * hour }),
        // Of the same moment as the first, but published (and so known) only now.
        signal({ id: "g3", sequence: 3, asOf: close + hour, ...live }),
        signal({ id: "h1", symbol: "MSFT", sequence: 1, asOf: close + hour }),
      ]),
    ],
  ]),
);

async function idsOf(call: string, moment: Date): Promise<string[]> {
  const rows = await database.query<{ id: string }>(`SELECT id FROM ${call}_as_of($1) ORDER BY id`, [moment]);
  return rows.map(({ id }) => id);
}

for (const [call, first, second] of [
  ["sentiment", ["s1"], ["s2"]],
  ["features", ["v1"], ["v2", "v3"]],
  ["scores", ["c1"], ["c2"]],
  ["forecasts", ["f1"], ["f2"]],
] as const) {
  test(`${call}_as_of: nothing before, the first until the second is known`, async () => {
    assert.deepEqual(await idsOf(call, at(-1)), []);
    assert.deepEqual(await idsOf(call, at(0)), [...first]);
    assert.deepEqual(await idsOf(call, at(1.99)), [...first]);
    const after = await idsOf(call, at(2));
    for (const id of second) assert.ok(after.includes(id), id);
  });
}

test("signals_as_of: a live record counts from when it was published, not from the time that it is about", async () => {
  assert.deepEqual(await idsOf("signals", at(0)), ["g1"]);
  assert.deepEqual(await idsOf("signals", at(1)), ["g1", "h1"], "g3 is about this time, and nobody knew it");
  assert.deepEqual(await idsOf("signals", at(2)), ["g2", "h1"]);
  const [late] = await database.query<{ known_at: Date }>("SELECT known_at FROM signals WHERE id = 'g3'");
  assert.ok(late && late.known_at.getTime() > close + 2 * hour);
});

test("a correction that lands later leaves what was known before as it was", async () => {
  const before = await idsOf("signals", at(2));
  await landBatch(
    database,
    new Map<LandedTopic, LandedRecord[]>([
      ["signals", delivered([signal({ id: "g4", sequence: 4, asOf: close + 2 * hour, ...live })])],
    ]),
  );
  assert.deepEqual(await idsOf("signals", at(2)), before);
  assert.ok((await idsOf("signals", new Date())).includes("g4"));
});

test("a backlogged signal shows by itself that it is over", async () => {
  const over = await database.query<{ id: string }>(
    "SELECT id FROM signals_as_of($1) WHERE valid_until <= $1 ORDER BY id",
    [new Date()],
  );
  assert.deepEqual(
    over.map(({ id }) => id),
    ["g4", "h1"],
  );
});

test("the reader's rights are enough, and a table of the same name in the caller's search_path is not taken", async () => {
  await database.transaction(async (client) => {
    await client.query("CREATE SCHEMA planted");
    await client.query("CREATE TABLE planted.signals AS SELECT * FROM signals WHERE false");
    await client.query("GRANT USAGE ON SCHEMA planted TO newstape_reader");
    await client.query("GRANT SELECT ON planted.signals TO newstape_reader");
    await client.query("SET LOCAL ROLE newstape_reader");
    await client.query("SET LOCAL search_path = planted, public");
    const { rowCount } = await client.query("SELECT FROM signals_as_of(now())");
    assert.equal(rowCount, 2);
    await client.query("ROLLBACK");
    await client.query("BEGIN");
  });
});
