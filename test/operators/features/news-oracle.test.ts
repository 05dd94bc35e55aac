/** News, calendar and market features against a batch computation in Python, over real articles and bars. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { findCalendar } from "../../../operators/calendar/calendars.js";
import { nyse } from "../../../operators/calendar/nyse.js";
import { defineFeatureSet } from "../../../operators/features/feature-set.js";
import { allFeatures } from "../../../operators/features/all-features.js";
import { computeFeatures, mergeEvents } from "./compute.js";
import { market } from "../../../operators/market/market.js";
import { PlainState } from "../../../operators/plain-state.js";
import { fingerprint } from "../../../operators/sentiment/fingerprint.js";
import { bundledSlice, packageRoot } from "../../../schemas/files.js";
import type { Bar, MarketState } from "../../../schemas/generated/types.js";
import { bar, sentiment } from "../../helpers/records.js";

const fixtures = join(packageRoot, "test/fixtures/news-features");
const unpacked = (path: string): string[] => gunzipSync(readFileSync(path)).toString("utf8").trim().split("\n");

interface Article {
  readonly id: string;
  readonly symbol: string;
  readonly published: number;
  readonly known: number;
  readonly score: number;
  readonly label: "negative" | "neutral" | "positive";
  readonly report: boolean;
  readonly fingerprint: string;
  readonly text: string;
}

const articles = unpacked(join(fixtures, "articles.jsonl.gz")).map((line) => JSON.parse(line) as Article);
const [header = "", ...rows] = unpacked(join(fixtures, "expected.csv.gz"));
const columns = header.split(",");
const names = columns.slice(2);
const symbols = [...new Set(rows.map((row) => row.split(",")[0] ?? ""))];

/** The first day of the fixture: all 87 symbols are listed by then. */
const first = "2014-11-24";

const bars = unpacked(bundledSlice.bars)
  .slice(1)
  .flatMap((line): Bar[] => {
    const [symbol = "", date = "", ...cells] = line.split(",");
    if (date < first) return [];
    const [open = NaN, high = NaN, low = NaN, close = NaN, adjusted = NaN, volume = NaN] = cells.map(Number);
    const eventTime = nyse.session(date)?.close ?? NaN;
    const times = { eventTime, availableAt: eventTime + 60_000 };
    return [bar({ symbol, ...times, open, high, low, close, volume, adjustment: adjusted / close })];
  })
  .sort((a, b) => a.availableAt - b.availableAt || (a.symbol < b.symbol ? -1 : 1));

const contexts = market
  .process(
    bars.map((record) => ({ topic: "market.bars", record })),
    new PlainState<MarketState>(),
    { calendars: findCalendar },
  )
  .flatMap((outcome) => (outcome.kind === "emit" ? outcome.records.map(({ record }) => record) : []));

const set = defineFeatureSet(
  "tested",
  allFeatures.filter(({ group }) => ["news", "calendar", "market", "interaction"].includes(group)),
);

const vectors = computeFeatures(
  mergeEvents(
    bars.filter(({ symbol }) => symbols.includes(symbol)),
    articles.map(({ id, symbol, published, known, score, label, report, fingerprint: print }) =>
      sentiment({
        id: `${id} ${symbol}`,
        symbol,
        eventTime: published,
        asOf: known,
        score,
        label,
        report,
        fingerprint: Buffer.from(print, "hex"),
      }),
    ),
    contexts,
  ),
  { calendars: findCalendar, sets: [set] },
);

/** What a trigger is called in the fixture: an article's id, or a bar's date. */
const triggerOf = new Map([
  ...bars.map(({ id, eventTime }) => [id, nyse.dateOf(eventTime)] as const),
  ...articles.map(({ id, symbol }) => [`${id} ${symbol}`, id] as const),
]);
const byTrigger = new Map(
  vectors.map((vector) => [`${vector.symbol} ${triggerOf.get(vector.triggerId) ?? ""}`, vector.values]),
);

test("every feature of news, calendar and market is in the fixture", () => {
  const expected = set.features.filter(({ group }) => group !== "interaction").map(({ name }) => name);
  assert.deepEqual(names.toSorted(), expected.toSorted());
});

test("news, calendar and market features equal the batch computation", () => {
  assert.ok(rows.length > 300);
  for (const row of rows) {
    const [symbol = "", trigger = "", ...cells] = row.split(",");
    const values = byTrigger.get(`${symbol} ${trigger}`);
    assert.ok(values, `${symbol} has a vector for ${trigger}`);
    for (const [index, cell] of cells.entries()) {
      const name = names[index] ?? "";
      const found = values[set.names.indexOf(name)] ?? NaN;
      // A mean of scores or returns of both signs is as exact as what it is made of, of the order of 1e-2 and above.
      const error = Math.abs(found - Number(cell)) / Math.max(1e-3, Math.abs(Number(cell)));
      assert.ok(error <= 1e-9, `${name} of ${symbol} at ${trigger}: ${found}, expected ${cell}`);
    }
  }
});

test("an interaction is the product of the two features that it names", () => {
  const bySet = new Map(set.names.map((name, index) => [name, index]));
  const withBars = defineFeatureSet("all", allFeatures);
  const [some] = symbols;
  const events = mergeEvents(bars.filter(({ symbol }) => symbol === some).slice(0, 60), [], contexts);
  const found = computeFeatures(events, { calendars: findCalendar, sets: [withBars] });
  const last = found.at(-1)?.values ?? [];
  const interactions = set.features.filter(({ group }) => group === "interaction");
  assert.ok(interactions.length >= 10 && bySet.size > 0);
  for (const { name } of interactions) {
    const [left = "", right = ""] = name.split("-x-");
    const value = (of: string): number => last[withBars.names.indexOf(of)] ?? NaN;
    assert.equal(value(name), value(left) * value(right), name);
  }
});

test("fingerprints equal those of another SimHash", () => {
  for (const { text, fingerprint: print } of articles) assert.equal(fingerprint(text).toString("hex"), print, text);
});
