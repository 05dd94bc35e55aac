/** The doctor's questions about symbols, to a database. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { jumpsInBars, symbolsInBars, symbolsInNews } from "../../pipelines/queries/landed-symbols.js";
import { createTestDatabase } from "../helpers/database.js";

test("news without bars, bars that ended, and jumps that no split explains, of the last days alone", async () => {
  const { database } = await createTestDatabase();
  assert.deepEqual(await symbolsInNews(database, 30), []);
  assert.deepEqual(await symbolsInBars(database, 30), []);
  const article = (id: string, symbols: string[], time: string) =>
    database.query(
      `INSERT INTO news (id, source, source_id, headline, symbols, event_time, available_at, known_at, origin, kafka_partition, kafka_offset, content_hash)
       VALUES ($1, 's', $1, 'h', $2, $3, $3, $3, 'live', 0, 0, '')`,
      [id, symbols, time],
    );
  const bar = (symbol: string, time: string, close: number, split = 1) =>
    database.query(
      `INSERT INTO bars (id, symbol, interval, event_time, available_at, known_at, origin, open, high, low, close, volume, adjustment, kafka_partition, kafka_offset, content_hash, split)
       VALUES ($1, $1, '1d', $2, $2, $2, 'live', $3, $3, $3, $3, 1, 1, 0, 0, '', $4)`,
      [symbol, time, close, split],
    );
  await article("1", ["AAPL", "TSLA"], "2024-03-01T15:00:00Z");
  await article("2", ["AAPL"], "2024-03-04T15:00:00Z");
  await article("3", ["OLDNEWS"], "2024-01-04T15:00:00Z");
  for (const [symbol, day, close, split] of [
    ["AAPL", 1, 400, 1],
    ["AAPL", 4, 100, 4],
    ["AAPL", 5, 101, 1],
    ["JUMP", 4, 100, 1],
    ["JUMP", 5, 25, 1],
    ["ENDED", 1, 10, 1],
  ] as const)
    await bar(symbol, `2024-03-0${day}T21:00:00Z`, close, split);
  await bar("JUMP", "2024-01-04T21:00:00Z", 1);

  const news = await symbolsInNews(database, 30);
  assert.deepEqual(
    news.map(({ symbol, articles, hasBars }) => [symbol, articles, hasBars]),
    [
      ["AAPL", 2, true],
      ["TSLA", 1, false],
    ],
  );
  assert.deepEqual(
    (await symbolsInBars(database, 30)).map(({ symbol, behind }) => [symbol, behind]),
    [
      ["ENDED", 4],
      ["AAPL", 0],
      ["JUMP", 0],
    ],
  );
  assert.deepEqual(
    (await jumpsInBars(database, 30, 1.8)).map(({ symbol, factor }) => [symbol, factor]),
    [["JUMP", 0.25]],
  );
});
