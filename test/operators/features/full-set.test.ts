/** Every feature over the bundled slice of real bars and news, through the stages before it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { findCalendar } from "../../../operators/calendar/calendars.js";
import { nyse } from "../../../operators/calendar/nyse.js";
import { everyFeature } from "../../../operators/features/feature-sets.js";
import { computeFeatures, mergeEvents } from "./compute.js";
import { market } from "../../../operators/market/market.js";
import { PlainState } from "../../../operators/plain-state.js";
import { sentimentOperator } from "../../../operators/sentiment/sentiment.js";
import { bundledSlice } from "../../../schemas/files.js";
import type { Bar, MarketState, NewsArticle, SentimentState } from "../../../schemas/generated/types.js";
import { bar } from "../../helpers/records.js";
import { routes } from "../sentiment/fakes.js";

const symbols = ["AAPL", "BAC", "JNJ", "KO", "XOM"];
const minute = 60_000;

const lines = (file: string): string[] => gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n");

/** Daily bars; of one symbol a week is missing. */
function slicedBars(): Bar[] {
  const [, ...rows] = lines(bundledSlice.bars);
  return rows
    .flatMap((line) => {
      const [symbol = "", date = "", ...cells] = line.split(",");
      if (!symbols.includes(symbol) || date < "2014-06-01") return [];
      if (symbol === "KO" && date >= "2015-08-10" && date < "2015-08-17") return [];
      const [open = NaN, high = NaN, low = NaN, close = NaN, adjusted = NaN, volume = NaN] = cells.map(Number);
      const eventTime = nyse.session(date)?.close ?? NaN;
      const times = { eventTime, availableAt: eventTime + minute };
      return [bar({ symbol, ...times, open, high, low, close, volume, adjustment: adjusted / close })];
    })
    .sort((a, b) => a.availableAt - b.availableAt || (a.symbol < b.symbol ? -1 : 1));
}

function slicedNews(): NewsArticle[] {
  return lines(bundledSlice.news).flatMap((line) => {
    const item = JSON.parse(line) as { id: string; published_at: string; symbols: string[]; headline: string };
    const about = item.symbols.filter((symbol) => symbols.includes(symbol));
    if (about.length === 0) return [];
    const eventTime = Date.parse(item.published_at);
    const times = { eventTime, availableAt: eventTime + minute, origin: "backfill" as const };
    return [
      { id: item.id, source: "test", sourceId: item.id, url: null, headline: item.headline, symbols: about, ...times },
    ];
  });
}

/** What the daily closes and a calendar without any event in the slice leave the same. */
const mayBeConstant = new Set(["market-unknown"]);

test("every feature is finite over real bars and news, and nearly every one varies", async () => {
  const bars = slicedBars();
  const contexts = market
    .process(
      bars.map((record) => ({ topic: "market.bars", record })),
      new PlainState<MarketState>(),
      { calendars: findCalendar },
    )
    .flatMap((outcome) => (outcome.kind === "emit" ? outcome.records.map(({ record }) => record) : []));
  const read = await sentimentOperator.process(
    slicedNews().map((record) => ({ topic: "news.raw", record })),
    new PlainState<SentimentState>(),
    routes({}),
  );
  const sentiments = read.flatMap((outcome) =>
    outcome.kind === "emit" ? outcome.records.map(({ record }) => record) : [],
  );
  assert.ok(sentiments.length > 1000 && sentiments.some(({ report }) => report));
  const vectors = computeFeatures(mergeEvents(bars, sentiments, contexts), {
    calendars: findCalendar,
    sets: [everyFeature],
  });
  assert.ok(vectors.length > 2000);
  for (const [index, name] of everyFeature.names.entries()) {
    let least = Infinity;
    let most = -Infinity;
    for (const { values, triggerId } of vectors) {
      const value = values[index] ?? NaN;
      assert.ok(Number.isFinite(value), `${name} of ${triggerId} is ${value}`);
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    assert.ok(most > least || mayBeConstant.has(name), `${name} is ${most} for every vector`);
  }
});
