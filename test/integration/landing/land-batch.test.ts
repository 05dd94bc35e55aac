import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { landBatch } from "../../../pipelines/landing/land-batch.js";
import type { LandedRecord } from "../../../pipelines/landing/landed-record.js";
import { noCounts, type LandingCounts } from "../../../pipelines/landing/landing-counts.js";
import { tableCounts } from "../../../pipelines/queries/table-counts.js";
import type { Witness } from "../../../pipelines/landing/witness.js";
import { writers } from "../../../pipelines/landing/writers.js";
import type { LandedTopic } from "../../../schemas/topics.js";
import { counted, database, land, one } from "./land.js";
import {
  article,
  bar,
  close,
  delivered,
  forecast,
  marketContext,
  score,
  sentiment,
  signal,
  vector,
} from "../../helpers/landing-records.js";

test("a record of every topic lands with all its fields, in one transaction", async () => {
  const counts = await landBatch(
    database,
    new Map<LandedTopic, LandedRecord[]>([
      ["news.raw", delivered([article()])],
      ["news.sentiment", delivered([sentiment()], 10)],
      ["market.bars", delivered([bar()])],
      ["market.context", delivered([marketContext()])],
      ["features", delivered([vector({ marketId: "market-1" })])],
      ["scores", delivered([score()])],
      ["forecasts", delivered([forecast()])],
      ["signals", delivered([signal()])],
    ]),
  );
  assert.deepEqual([...counts.keys()].sort(), Object.keys(writers).sort());
  for (const [topic, count] of counts) assert.deepEqual(count, counted({ inserted: 1 }), topic);

  const found = await one<Record<string, unknown>>("SELECT * FROM sentiment");
  assert.equal(found.vader_compound, 0.4);
  assert.equal(found.transformer_negative, 0.15);
  assert.equal(found.model_sha256, "0".repeat(64));
  assert.equal(found.degraded, false);
  assert.equal((found.as_of as Date).getTime(), close);
  assert.equal((found.known_at as Date).getTime(), close, "backfill: known when it was available");
  assert.deepEqual([found.kafka_partition, found.kafka_offset], [3, "10"]);
  assert.deepEqual((await one<{ values: number[] }>("SELECT values FROM features")).values, [0.1, -2, 3e-300]);
  const { quantiles } = marketContext();
  assert.deepEqual(await one("SELECT quantiles, symbols, mean_return, market_id FROM market_context, features"), {
    quantiles,
    symbols: "88",
    mean_return: -0.002,
    market_id: "market-1",
  });
  assert.deepEqual((await one<{ targets: unknown }>("SELECT targets FROM scores")).targets, score().targets);
  assert.deepEqual((await one<{ symbols: string[] }>("SELECT symbols FROM news")).symbols, ["AAPL", "MSFT"]);
});

test("a split, a dividend and what a headline is about land; what a sentiment has nothing of is NULL", async () => {
  await land("market.bars", delivered([bar({ symbol: "SPLIT", split: 7, dividendFactor: 1.01 })]));
  const split = await one("SELECT split, dividend_factor FROM bars WHERE symbol = 'SPLIT'");
  assert.deepEqual(split, { split: 7, dividend_factor: 1.01 });
  const fingerprint = Buffer.from("00ff102030405060", "hex");
  const found = [sentiment({ id: "about-1", fingerprint, report: true }), sentiment({ id: "about-2" })];
  await land("news.sentiment", delivered(found));
  const about = await database.query("SELECT fingerprint, report FROM sentiment WHERE id LIKE 'about-%' ORDER BY id");
  assert.deepEqual(about, [
    { fingerprint: "00ff102030405060", report: true },
    { fingerprint: null, report: null },
  ]);
});

test("the views take apart what is nested", async () => {
  const targets = await database.query<{ target: string; values: number[]; model_name: string }>(
    "SELECT target, values, model_name FROM score_targets ORDER BY target",
  );
  assert.deepEqual(targets, [
    { target: "direction", values: [0.55], model_name: "direction-trees" },
    { target: "return", values: [-0.02, 0.001, 0.03], model_name: "return-trees" },
  ]);
  const methods = await database.query<{ method: string; volatility: number }>(
    "SELECT method, volatility FROM forecast_methods ORDER BY method",
  );
  assert.deepEqual(methods, [
    { method: "combined", volatility: 0.02 },
    { method: "naive", volatility: 0.03 },
  ]);
});

test("a live record was known at its Kafka time stamp", async () => {
  await land("signals", delivered([signal({ id: "live", origin: "live" })], 0, close + 1234));
  const { known_at } = await one<{ known_at: Date }>("SELECT known_at FROM signals WHERE id = 'live'");
  assert.equal(known_at.getTime(), close + 1234);
});

test("the same records again, in one batch or the next, are duplicates", async () => {
  const batch = delivered(Array.from({ length: 2500 }, (_, index) => sentiment({ id: `many-${index}` })));
  assert.deepEqual(
    await land("news.sentiment", [...batch, ...batch.slice(0, 10)]),
    counted({ inserted: 2500, duplicates: 10 }),
  );
  assert.deepEqual(await land("news.sentiment", batch), counted({ duplicates: 2500 }));
});

test("the same id with other content is a conflict: the first stays, the audit has the other, once", async () => {
  const first = sentiment({ id: "twice" });
  const other = sentiment({ id: "twice", score: -1 });
  const batch = delivered([first, other, first]);
  const counts = counted({ inserted: 1, conflicts: 1, duplicates: 1, twice: 2 });
  assert.deepEqual(await land("news.sentiment", batch), counts);
  assert.deepEqual(await land("news.sentiment", batch), counted({ conflicts: 1, duplicates: 2 }));
  assert.equal((await one<{ score: number }>("SELECT score FROM sentiment WHERE id = 'twice'")).score, 0.5);
  const found = await one<{ kind: string; record: { score: number }; kafka_offset: string; topic: string }>(
    "SELECT kind, record, kafka_offset, topic FROM landing_audit WHERE record_id = 'twice' AND kind = 'conflict'",
  );
  assert.deepEqual(found, {
    kind: "conflict",
    record: JSON.parse(JSON.stringify(other)) as typeof found.record,
    kafka_offset: "1",
    topic: "news.sentiment",
  });
});

test("the same content at another place is a double if the topic holds both, and is kept once", async () => {
  const looks: number[] = [];
  const holds = (id: string): Witness => ({
    isDeleted: (_, { offset }) => offset < 20,
    look: async (_, { offset }) => {
      looks.push(offset);
      return { record: sentiment({ id }), trigger: "news.raw/0/1" };
    },
  });
  const at = (offset: number) => delivered([sentiment({ id: "double" })], offset);
  const landed = async (offset: number, witness?: Witness): Promise<LandingCounts> =>
    (await landBatch(database, new Map([["news.sentiment", at(offset)]]), witness)).get("news.sentiment") ?? noCounts();
  const audited = () =>
    database.query(
      "SELECT kind, record, first_offset, first_in_topic, first_trigger FROM landing_audit WHERE record_id = 'double'",
    );

  assert.deepEqual(await landed(20), counted({ inserted: 1 }));
  assert.deepEqual(await landed(20, holds("double")), counted({ duplicates: 1 }), "delivered again");
  assert.deepEqual(await landed(25), counted({ duplicates: 1 }), "nobody to ask");
  assert.deepEqual(await landed(25, holds("another")), counted({ duplicates: 1 }), "the topic was made anew");
  assert.deepEqual(await audited(), []);
  for (const offset of [25, 25, 26])
    assert.deepEqual(await landed(offset, holds("double")), counted({ duplicates: 1, twice: 1 }));
  assert.deepEqual(looks, [20, 20, 20, 20]);
  const found = {
    kind: "doubled",
    record: null,
    first_offset: "20",
    first_in_topic: true,
    first_trigger: "news.raw/0/1",
  };
  assert.deepEqual(await audited(), [found]);
});

test("what is below what the topic holds was published anew, which takes no look; a look that fails holds up nothing", async () => {
  const witness = (isDeleted: boolean): Witness => ({
    isDeleted: () => isDeleted,
    look: async () => Promise.reject(new Error("no broker")),
  });
  const landed = (id: string, score: number, offset: number, witness?: Witness) =>
    landBatch(database, new Map([["news.sentiment", delivered([sentiment({ id, score })], offset)]]), witness);
  await landed("reset", 0.1, 1);
  await landed("reset", 0.2, 9, witness(true));
  await landed("broken", 0.1, 1);
  const counts = await landed("broken", 0.2, 9, witness(false));
  assert.deepEqual(counts.get("news.sentiment"), counted({ conflicts: 1 }));
  const found = await database.query(
    "SELECT record_id, first_offset, first_in_topic FROM landing_audit WHERE record_id IN ('reset', 'broken') ORDER BY id",
  );
  assert.deepEqual(found, [
    { record_id: "reset", first_offset: "1", first_in_topic: false },
    { record_id: "broken", first_offset: "1", first_in_topic: null },
  ]);
});

test("a topic that comes again as a whole is not looked up record by record", async () => {
  let looks = 0;
  const witness: Witness = {
    isDeleted: () => false,
    look: async () => {
      looks += 1;
      return undefined;
    },
  };
  const batch = (offset: number) =>
    new Map([
      [
        "features" as const,
        delivered(
          Array.from({ length: 500 }, (_, index) => vector({ id: `again-${index}` })),
          offset,
        ),
      ],
    ]);
  await landBatch(database, batch(0));
  await landBatch(database, batch(1000), witness);
  assert.equal(looks, 10);
});

test("the same id with another as_of is a conflict too, not a second row", async () => {
  await land("features", delivered([vector({ id: "moved" })]));
  assert.deepEqual(
    await land("features", delivered([vector({ id: "moved", asOf: close + 86_400_000 })])),
    counted({ conflicts: 1 }),
  );
  await one("SELECT FROM features WHERE id = 'moved'");
});

test("two transactions that land the same records at once land them once", async () => {
  const batch = delivered(Array.from({ length: 1000 }, (_, index) => vector({ id: `race-${index}` })));
  const counts = await Promise.all([
    land("features", batch),
    land("features", batch),
    land("features", [...batch].reverse()),
  ]);
  assert.equal(
    counts.reduce((sum, { inserted }) => sum + inserted, 0),
    1000,
  );
  assert.equal(
    counts.reduce((sum, { duplicates }) => sum + duplicates, 0),
    2000,
  );
});

test("numbers that cannot occur stay what they are", async () => {
  const strange = [NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE];
  const targets = [{ ...score().targets[0], values: strange }] as ReturnType<typeof score>["targets"];
  const record = score({ id: "strange", close: NaN, values: strange, targets });
  assert.deepEqual(await land("scores", delivered([record])), counted({ inserted: 1 }));
  const found = await one<{ close: number; values: number[] }>("SELECT close, values FROM scores WHERE id = 'strange'");
  assert.deepEqual(found, { close: NaN, values: strange });
  const target = await one<{ values: number[] }>("SELECT values FROM score_targets WHERE score_id = 'strange'");
  assert.deepEqual(target.values, strange);
  assert.deepEqual(await land("scores", delivered([record])), counted({ duplicates: 1 }));
});

test("texts stay what they are, but for U+0000, which PostgreSQL cannot hold", async () => {
  const headline = `"quoted" \\back {brace}, NULL, ' \u{1F4C8} \u0000 ${"x".repeat(1_000_000)}`;
  const symbols = ['A"B', "C\\D", "{E,F}", "NULL", ""];
  await land("news.raw", delivered([article({ id: "odd", headline, symbols })]));
  const found = await one<{ headline: string; symbols: string[] }>(
    "SELECT headline, symbols FROM news WHERE id = 'odd'",
  );
  assert.equal(found.headline, headline.replace("\u0000", "\uFFFD"));
  assert.deepEqual(found.symbols, symbols);
});

test("what the database refuses is singled out into the audit, and the rest of the batch lands", async () => {
  const records = Array.from({ length: 50 }, (_, index) => signal({ id: `refused-${index}` }));
  records[17] = signal({ id: "refused-17", eventTime: -9e15 });
  records[31] = signal({ id: "refused-31", origin: "elsewhere" as "live" });
  // Longer than an index row may be, and not to be compressed.
  const long = signal({ id: `refused-${randomBytes(20_000).toString("base64")}` });
  const batch = delivered([...records, long]);
  assert.deepEqual(await land("signals", batch), counted({ inserted: 48, refused: 3 }));
  const found = await database.query<{ record_id: string; reason: string }>(
    "SELECT record_id, reason FROM landing_audit WHERE kind = 'refused' ORDER BY kafka_offset",
  );
  assert.deepEqual(
    found.map(({ reason }) => reason.slice(0, 5)),
    ["22008", "23514", "54000"],
  );
  assert.deepEqual(await land("signals", batch), counted({ duplicates: 48, refused: 3 }));
  assert.equal((await database.query("SELECT FROM landing_audit WHERE kind = 'refused'")).length, found.length);
});

test("a fault that is not the data's lands nothing of the batch", async () => {
  const batch = new Map<LandedTopic, LandedRecord[]>([
    ["news.raw", delivered([article({ id: "lost" })])],
    ["signals", delivered([signal({ id: "lost" })])],
  ]);
  await database.query("ALTER TABLE signals RENAME TO hidden_signals");
  await assert.rejects(landBatch(database, batch), { code: "42P01" });
  await database.query("ALTER TABLE hidden_signals RENAME TO signals");
  assert.deepEqual(await database.query("SELECT FROM news WHERE id = 'lost'"), []);
  const counts = await landBatch(database, batch);
  assert.equal(counts.get("signals")?.inserted, 1);
});

test("nothing lands from nothing", async () => {
  assert.deepEqual(await landBatch(database, new Map()), new Map());
  assert.deepEqual(await landBatch(database, new Map([["signals", []]])), new Map());
});

test("the counts are the tables' rows", async () => {
  const counts = await database.transaction(tableCounts);
  assert.equal(counts.get("sentiment"), 2507);
  assert.deepEqual([...counts.keys()].sort(), [
    "bars",
    "features",
    "forecast_ledger",
    "forecasts",
    "landing_audit",
    "market_context",
    "news",
    "scores",
    "sentiment",
    "signals",
  ]);
});

test("the daily sentiment and the latest signals are those of the ledgers", async () => {
  const late = Date.UTC(2015, 5, 2, 3, 59);
  await land(
    "news.sentiment",
    delivered(
      [0.5, -0.5, 0.25].map((value, index) =>
        sentiment({
          id: `daily-${index}`,
          symbol: "DAILY",
          score: value,
          label: value < 0 ? "negative" : "positive",
          asOf: late + index * 60_000,
        }),
      ),
    ),
  );
  const rows = await database.query<{
    day: Date;
    articles: string;
    mean_score: number;
    negative: string;
    positive: string;
  }>("SELECT day, articles, mean_score, negative, positive FROM daily_sentiment WHERE symbol = 'DAILY' ORDER BY day");
  assert.deepEqual(rows, [
    { day: new Date("2015-06-01T04:00:00Z"), articles: "1", mean_score: 0.5, negative: "0", positive: "1" },
    { day: new Date("2015-06-02T04:00:00Z"), articles: "2", mean_score: -0.125, negative: "1", positive: "1" },
  ]);
  await land(
    "signals",
    delivered([signal({ id: "a", symbol: "NEW", sequence: 1 }), signal({ id: "b", symbol: "NEW", sequence: 2 })]),
  );
  assert.equal((await one<{ id: string }>("SELECT id FROM latest_signals WHERE symbol = 'NEW'")).id, "b");
});
