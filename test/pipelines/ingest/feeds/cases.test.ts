/** Feeds that were read wrongly once, each polled as a user would. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { pollFeeds, type FeedSummary } from "../../../../pipelines/ingest/feeds/poller.js";
import { symbolList } from "../../../../pipelines/ingest/symbols.js";
import { parseCompanies } from "../../../../pipelines/ingest/tagging/company-list.js";
import { createTagger } from "../../../../pipelines/ingest/tagging/tagger.js";
import { packageRoot } from "../../../../schemas/files.js";
import type { NewsArticle } from "../../../../schemas/generated/types.js";
import { serve } from "./helpers/servers.js";

const clock = Date.parse("2026-11-28T12:00:00Z");
const contents = (name: string): Buffer =>
  readFileSync(join(packageRoot, "test", "fixtures", "cases", "feeds", `${name}.xml`));

/** Polls one document after the other at one address. */
async function pollEach(
  t: TestContext,
  ...names: string[]
): Promise<{ sent: NewsArticle[]; summaries: FeedSummary[] }> {
  const directory = mkdtempSync(join(tmpdir(), "newstape-feeds-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const { url } = await serve(t, (_, response, count) => response.end(contents(names[count - 1] ?? "")));
  const sent: NewsArticle[] = [];
  const summaries: FeedSummary[] = [];
  while (summaries.length < names.length) {
    const feeds = await pollFeeds({
      urls: [url],
      tagger: createTagger(parseCompanies("symbol,name\nACME,Acme Corporation\n", "companies")),
      symbols: symbolList(["ACME"]),
      send: async (articles) => void sent.push(...articles),
      stateDirectory: directory,
      schedule: { interval: 1_000, random: () => 0.5 },
      once: true,
      allowPrivate: true,
      now: () => clock,
    });
    summaries.push(...feeds);
  }
  return { sent, summaries };
}

const utc = (time: number): string => new Date(time).toISOString();

test("F03: every one of twelve forms of a date is read, so that nothing old is news of now", async (t) => {
  const { sent, summaries } = await pollEach(t, "F03-unreadable-dates");
  assert.deepEqual([summaries[0]?.published, summaries[0]?.undated, summaries[0]?.history], [12, 0, 12]);
  // 16:00 as UTC, but for ET and New York, in winter time, and the one with a time of its own.
  const times = sent.map(({ eventTime }) => utc(eventTime));
  assert.deepEqual(times, [
    "2026-11-02T02:23:01.000Z",
    ...Array<string>(9).fill("2026-11-02T16:00:00.000Z"),
    ...Array<string>(2).fill("2026-11-02T21:00:00.000Z"),
  ]);
  assert.ok(sent.every(({ availableAt, origin }) => availableAt === clock && origin === "backfill"));
});

test("F10: title and date of Dublin Core", async (t) => {
  const { sent } = await pollEach(t, "F10-dc-title");
  assert.deepEqual(
    sent.map(({ headline, eventTime, origin }) => [headline, utc(eventTime), origin]),
    [["Acme by Dublin Core", "2026-11-27T14:00:00.000Z", "live"]],
  );
});

test("F13: items that share a link lose nothing, at the first poll and the day after", async (t) => {
  const { sent, summaries } = await pollEach(t, "F13a-seekingalpha", "F13b-seekingalpha-next-day");
  assert.deepEqual(
    summaries.map(({ items, published, repeated, refused }) => [items, published, repeated, refused]),
    [
      [6, 6, 0, 0],
      [9, 5, 4, 0],
    ],
  );
  const numbers = Array.from({ length: 10 }, (_, index) => `Acme news number ${4605518 + index}`);
  assert.deepEqual(sent.map(({ headline }) => headline).sort(), ["Acme: an analysis", ...numbers].sort());
  assert.equal(new Set(sent.map(({ id }) => id)).size, 11);
});

test("F14: tickers that the feed gives are the articles' symbols", async (t) => {
  const { sent } = await pollEach(t, "F14-feed-tickers");
  assert.deepEqual(sent.map(({ headline, symbols }) => [headline, symbols.join()]).sort(), [
    ["Most shorted stocks", "ACME"],
    ["The Company Wins Large Contract", "ACME"],
  ]);
});

test("F15: a bare ampersand before a tag", async (t) => {
  const { sent } = await pollEach(t, "F15-bare-ampersand");
  assert.deepEqual(
    sent.map(({ headline, url, sourceId, eventTime }) => [headline, url, sourceId, utc(eventTime)]),
    [
      ["Acme downgraded by S&P", "http://127.0.0.1/amp/1", "amp1", "2026-10-02T14:00:00.000Z"],
      ["Acme sues AT&T", "http://127.0.0.1/amp/2", "amp2", "2026-10-02T15:00:00.000Z"],
    ],
  );
});
