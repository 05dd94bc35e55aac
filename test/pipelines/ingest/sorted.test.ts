import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { readSorted, slices } from "../../../pipelines/ingest/sorted.js";
import type { Bar, NewsArticle } from "../../../schemas/generated/types.js";
import { bundledSlice } from "../../../schemas/files.js";
import { article, clock } from "./helpers/lines-of.js";

const now = () => clock;

test("the bundled slice parses without a single rejection", async () => {
  const news = await readSorted({ kind: "news", input: bundledSlice.news, now });
  const bars = await readSorted({ kind: "bars", input: bundledSlice.bars, now });
  for (const { summary } of [news, bars]) {
    assert.equal(summary.rejected + summary.duplicates + summary.unknownSymbols, 0);
    assert.equal(summary.lines, summary.accepted + summary.skipped);
  }
  assert.equal(news.records.length, 12_439);
  assert.equal(
    news.records.reduce((pairs, { symbols }) => pairs + symbols.length, 0),
    15_618,
  );
  assert.equal(bars.records.length, 66_100);
  assert.equal(new Set(bars.records.map(({ symbol }) => symbol)).size, 87);
  assert.equal(new Set(bars.records.map(({ id }) => id)).size, 66_100);
});

test("sorted by availability and id, whatever the order of the file", async () => {
  const articles = [3, 1, 2, 1].map((minute, index) =>
    article({ id: String(index), published_at: `2015-09-30T20:0${minute}:00Z` }),
  );
  const read = async (lines: readonly string[]) =>
    (await readSorted({ kind: "news", input: "-", now, stdin: Readable.from([Buffer.from(lines.join("\n"))]) }))
      .records;
  const records = await read(articles);
  assert.deepEqual(await read(articles.toReversed()), records);
  for (const [index, record] of records.entries()) {
    const before = records[index - 1];
    if (before === undefined) continue;
    assert.ok(
      before.availableAt < record.availableAt || (before.availableAt === record.availableAt && before.id < record.id),
    );
  }
});

test("a file beyond the bound is refused rather than sorted", async () => {
  const input = bundledSlice.news;
  await assert.rejects(readSorted({ kind: "news", input, now, maximumRecords: 100 }), /more than 100 records/);
});

test("slices cut both into the same spans, lose nothing and keep to the bound", () => {
  const times = fc.array(fc.nat(50), { maxLength: 60 }).map((list) => list.sort((left, right) => left - right));
  fc.assert(
    fc.property(times, times, fc.integer({ min: 1, max: 40 }), (newsTimes, barTimes, maximum) => {
      const news = newsTimes.map((availableAt, index) => ({ availableAt, id: `n${index}` }) as NewsArticle);
      const bars = barTimes.map((availableAt, index) => ({ availableAt, id: `b${index}` }) as Bar);
      const cut = [...slices(news, bars, maximum)];
      assert.deepEqual(
        cut.flatMap((one) => one.news),
        news,
      );
      assert.deepEqual(
        cut.flatMap((one) => one.bars),
        bars,
      );
      let before = -Infinity;
      for (const one of cut) {
        const moments = [...one.news, ...one.bars].map((record) => record.availableAt);
        assert.ok(Math.min(...moments) > before);
        assert.equal(Math.max(...moments), one.until);
        assert.ok(moments.length <= maximum || new Set(moments).size === 1);
        before = one.until;
      }
    }),
  );
});
