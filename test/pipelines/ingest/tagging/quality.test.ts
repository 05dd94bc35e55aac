import assert from "node:assert/strict";
import { test } from "node:test";
import { readSorted } from "../../../../pipelines/ingest/sorted.js";
import { readCompanies } from "../../../../pipelines/ingest/tagging/company-list.js";
import { evaluateTagger, halfOf, withoutCashtags } from "../../../../pipelines/ingest/tagging/evaluate.js";
import { createTagger } from "../../../../pipelines/ingest/tagging/tagger.js";
import { bundledSlice } from "../../../../schemas/files.js";

test("on the bundled slice of real posts: precision and recall against their own tags", async () => {
  const input = bundledSlice.news;
  const { records } = await readSorted({ kind: "news", input, now: Date.now });
  const texts = records.map(({ sourceId, headline, symbols }) => ({ id: sourceId, text: headline, symbols }));
  const companies = readCompanies();
  const [published, stripped, named] = evaluateTagger(createTagger(companies), companies, texts);
  const measured = JSON.stringify([published?.micro, stripped?.micro, named?.micro]);
  assert.ok((published?.micro.precision ?? 0) > 0.94 && (published?.micro.recall ?? 0) > 0.89, measured);
  assert.ok((stripped?.micro.precision ?? 0) > 0.88 && (stripped?.micro.recall ?? 0) > 0.2, measured);
  assert.ok((named?.micro.recall ?? 0) > 0.96 && (named?.micro.f1 ?? 0) > 0.92, measured);
  assert.equal(stripped?.micro.tags, published?.micro.tags);
});

test("counts, precision, recall and F1 are what they are called", () => {
  const companies = [
    { symbol: "AAA", name: "Alphacorp", aliases: [], not: [] },
    { symbol: "BBB", name: "Betacorp", aliases: [], not: [] },
  ];
  const [published, stripped, named] = evaluateTagger(createTagger(companies), companies, [
    { id: "1", text: "$AAA and Betacorp", symbols: ["AAA"] },
    { id: "2", text: "$AAA $BBB", symbols: ["AAA", "BBB"] },
    { id: "3", text: "nothing", symbols: ["AAA"] },
  ]);
  assert.deepEqual(published?.micro, { tags: 4, given: 4, correct: 3, precision: 3 / 4, recall: 3 / 4, f1: 3 / 4 });
  assert.deepEqual(published?.bySymbol.get("BBB"), {
    tags: 1,
    given: 2,
    correct: 1,
    precision: 0.5,
    recall: 1,
    f1: 2 / 3,
  });
  assert.deepEqual(stripped?.micro, { tags: 4, given: 1, correct: 0, precision: 0, recall: 0, f1: 0 });
  assert.deepEqual([named?.texts, named?.micro.tags, named?.micro.given], [1, 0, 1]);
});

test("cashtags are taken out, amounts stay; the halves are halves", () => {
  assert.equal(withoutCashtags("$AAPL $5bn $brk.b up").trim().replace(/\s+/g, " "), "$5bn up");
  const develop = Array.from({ length: 2_000 }, (_, index) => halfOf(String(index))).filter(
    (half) => half === "develop",
  );
  assert.ok(develop.length > 900 && develop.length < 1_100);
});
