/** What feedparser reads of small feeds in many shapes and of dates, see test/fixtures/feeds/make.py. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { textOf } from "../../../../pipelines/ingest/feeds/charset.js";
import { parseFeedDate } from "../../../../pipelines/ingest/feeds/dates.js";
import { parseFeed } from "../../../../pipelines/ingest/feeds/parse.js";
import { plainText } from "../../../../pipelines/ingest/feeds/text.js";
import { packageRoot } from "../../../../schemas/files.js";

interface Shapes {
  readonly address: string;
  /** Items: title, link, id, time in ms, categories. */
  readonly shapes: Record<string, { document: string; items: [string, string?, string?, number?, string[]?][] }>;
  readonly dates: Record<string, number>;
}

const { address, shapes, dates } = JSON.parse(
  readFileSync(join(packageRoot, "test", "fixtures", "feeds", "shapes.json"), "utf8"),
) as Shapes;

/** Titles that feedparser reads otherwise: it takes a bare ampersand for a reference, and shows what stands in a wrong end tag. */
const otherTitles: Record<string, string[]> = {
  "bare ampersands": ["S&P", "R&D & AT&T"],
  "mis-nested": ["One", "Two"],
};
/** Dates that its release 6.0.14 reads as the first of a November, or at midnight. */
const otherDates: Record<string, string> = {
  "2004-január-13T9:15-05:00": "2004-01-13T14:15:00.000Z",
  "2004년 05월 28일 01:31:15": "2004-05-28T01:31:15.000Z",
  "2004-05-25 오전 11:23:17": "2004-05-25T11:23:17.000Z",
};

for (const [name, { document, items }] of Object.entries(shapes)) {
  test(`as feedparser reads it: ${name}`, () => {
    const feed = parseFeed(textOf(Buffer.from(document, "base64"), ""), address);
    const wanted = items.map(([title, link, id, time, terms], index) => [
      otherTitles[name]?.[index] ?? plainText(title),
      // It makes addresses of all identifiers; here they stay as the feed has them.
      ...[link ?? null, id?.replace("https://x.example/news/", "") ?? null, time ?? null, terms],
    ]);
    const read = feed.items.map(({ title, link, id, published, categories }) => [
      ...[title, link ?? null, id ?? null, published ?? null, categories.map(({ term }) => term)],
    ]);
    assert.deepEqual(read, wanted);
  });
}

test("dates as feedparser reads them", () => {
  for (const [text, time] of Object.entries(dates)) {
    const read = parseFeedDate(text);
    const wanted = otherDates[text] === undefined ? time : Date.parse(otherDates[text]);
    // It has no fractions of seconds.
    assert.equal(read === undefined ? undefined : Math.floor(read / 1000) * 1000, wanted, text);
  }
});
