import assert from "node:assert/strict";
import { test } from "node:test";
import { recordId } from "../../../operators/record-id.js";
import { canonicalUrl } from "../../../pipelines/ingest/canonical-url.js";
import { parseTime } from "../../../pipelines/ingest/times.js";
import type { NewsArticle } from "../../../schemas/generated/types.js";
import { article, clock, outcomesOf, verdict } from "./helpers/lines-of.js";

async function accepted(text: string, options = {}): Promise<NewsArticle[]> {
  const outcomes = await outcomesOf("news", text, options);
  return outcomes.flatMap((outcome) => (outcome.outcome === "accepted" ? [outcome.record] : []));
}

test("an article becomes a record, available when it was published", async () => {
  const time = Date.parse("2015-09-30T20:00:00Z");
  assert.deepEqual(await accepted(article()), [
    {
      id: recordId("stocknet", "a1"),
      source: "stocknet",
      sourceId: "a1",
      url: null,
      headline: "Apple is up $AAPL",
      symbols: ["AAPL"],
      eventTime: time,
      availableAt: time,
      origin: "backfill",
    },
  ]);
});

test("live, it is available when it arrives, and never before it was published", async () => {
  const [late, early] = await accepted(
    [article(), article({ id: "2", published_at: new Date(clock + 3_000).toISOString() })].join("\n"),
    { origin: "live" },
  );
  assert.equal(late?.availableAt, clock);
  assert.equal(late.origin, "live");
  assert.equal(early?.availableAt, clock + 3_000);
});

test("one id for one URL, however it is spelt; the source's id may be missing", async () => {
  const spelt = ["HTTPS://Example.org:443/a?x=1&utm_source=mail#top", "https://example.org/a?x=1&gclid=7"];
  const outcomes = await outcomesOf("news", spelt.map((url) => article({ id: undefined, url })).join("\n"));
  assert.deepEqual(outcomes.map(verdict), ["accepted", "duplicate"]);
  const [record] = await accepted(article({ id: undefined, url: spelt[0] }));
  assert.equal(record?.url, "https://example.org/a?x=1");
  assert.equal(record.id, recordId("https://example.org/a?x=1"));
  assert.equal(record.sourceId, record.url);
});

test("two ids are two articles, also where they share a url; one id is one", async () => {
  const url = "https://example.org/live";
  const lines = [
    article({ id: "1", url }),
    article({ id: "2", url, headline: "Apple is down" }),
    article({ id: "1", url }),
  ];
  const outcomes = await outcomesOf("news", lines.join("\n"));
  assert.deepEqual(outcomes.map(verdict), ["accepted", "accepted", "duplicate"]);
  const [first] = await accepted(lines[0] ?? "");
  assert.deepEqual([first?.id, first?.url], [recordId("stocknet", "1"), url]);
});

test("symbols in a list of objects, and a source that is an object with a name", async () => {
  const line = article({
    symbols: undefined,
    stocks: [{ name: "AAPL" }, { name: "C" }],
    source: { id: null, name: "Wire" },
  });
  const [record] = await accepted(line);
  assert.deepEqual([record?.symbols, record?.source], [["AAPL", "C"], "Wire"]);
});

test("lone surrogates and control characters are replaced, everything else stays as published", async () => {
  const [record] = await accepted(article({ headline: " a\ud83d\u0007b\n\udc00 \u{1f600}\u0093 " }));
  assert.equal(record?.headline, " a\ufffd b \ufffd \u{1f600}\u0093 ");
});

test("canonical URLs", () => {
  assert.equal(canonicalUrl("http://user:secret@EXAMPLE.org:80?utm_medium=x"), "http://example.org/");
  assert.equal(canonicalUrl("https://example.org/A?b=2&a=1"), "https://example.org/A?b=2&a=1");
  for (const text of ["javascript:alert(1)", "example.org/a", "", "https://"])
    assert.equal(canonicalUrl(text), undefined);
  const once = canonicalUrl("https://exämple.org/ü ?q=%20&fbclid=1") ?? "";
  assert.equal(canonicalUrl(once), once);
});

test("symbols: known ones are kept, sorted, without repeats; unknown ones are counted", async () => {
  const [outcome] = await outcomesOf("news", article({ symbols: ["v", "NOPE", "$C", "V", "ALSO-NOT"] }));
  assert.ok(outcome?.outcome === "accepted");
  assert.deepEqual(outcome.record.symbols, ["C", "V"]);
  assert.equal(outcome.unknownSymbols, 2);
});

test("a CSV of news: any column order, symbols parted by blanks or semicolons, quoted headlines over several lines", async () => {
  const text = [
    "\uFEFFHeadline,ID,Symbols,published_at,extra",
    '"Up, up",1,AAPL C,2015-09-30T20:00:00Z,',
    '"He said ""hi""",2,KO;PEP,2015-09-30T22:00:00+02:00,x',
    '"first',
    'second",3,AAPL,2015-09-30T20:00:00.250Z,x',
    "plain,4,AAPL,2015-09-30 20:00Z,x",
  ].join("\r\n");
  const outcomes = await outcomesOf("news", text);
  assert.deepEqual(outcomes.map(verdict), ["skipped", "accepted", "accepted", "accepted", "skipped", "accepted"]);
  const records = await accepted(text);
  assert.deepEqual(
    records.map(({ headline, symbols }) => [headline, ...symbols]),
    [
      ["Up, up", "AAPL", "C"],
      ['He said "hi"', "KO", "PEP"],
      ["first second", "AAPL"],
      ["plain", "AAPL"],
    ],
  );
  assert.deepEqual(new Set(records.map(({ eventTime }) => eventTime % 1000)), new Set([0, 250]));
});

test("a stray quote in a CSV costs its own line only", async () => {
  const row = (id: number, headline: string) => `${id},2015-09-30T20:00:00Z,AAPL,${headline}`;
  const rows = [row(1, "fine"), row(2, '"never closed'), row(3, "fine"), row(4, 'in "the" middle'), row(5, "fine")];
  const outcomes = await outcomesOf("news", ["id,published_at,symbols,headline", ...rows].join("\n"));
  assert.deepEqual(outcomes.map(verdict), [
    "skipped",
    "accepted",
    "MALFORMED_LINE",
    "accepted",
    "MALFORMED_LINE",
    "accepted",
  ]);
  const pair = [row(2, '"opened'), row(3, "fine"), row(4, 'closed" and on')];
  const joined = await outcomesOf("news", ["id,published_at,symbols,headline", ...pair, row(5, "fine")].join("\n"));
  assert.deepEqual(joined.map(verdict), ["skipped", "MALFORMED_LINE", "accepted", "MALFORMED_LINE", "accepted"]);
  const many = Array.from({ length: 250 }, (_, index) => row(index + 10, "fine"));
  const long = await outcomesOf("news", ["id,published_at,symbols,headline", row(2, '"open'), ...many].join("\n"));
  assert.deepEqual(
    long.map((outcome) => outcome.line),
    Array.from({ length: 252 }, (_, index) => index + 1),
  );
  assert.equal(long.filter((outcome) => outcome.outcome === "accepted").length, 250);
});

test("a CSV header without a needed column fails with what is missing", async () => {
  await assert.rejects(
    outcomesOf("news", "id,headline\n1,x\n"),
    /no column published_at, symbols or symbol: "id,headline"/,
  );
  await assert.rejects(outcomesOf("bars", "symbol,date,open,open,high,low,close,volume\n"), /column open twice/);
});

test("times need a zone and must exist", () => {
  const cases: [string, number | undefined][] = [
    ["2015-09-30T20:00:00Z", Date.UTC(2015, 8, 30, 20)],
    ["2015-09-30T20:00:00.123456Z", Date.UTC(2015, 8, 30, 20, 0, 0, 123)],
    ["2015-09-30T20:00:00-04:00", Date.UTC(2015, 9, 1)],
    ["2015-09-30 20:00+0530", Date.UTC(2015, 8, 30, 14, 30)],
    ["2016-02-29T00:00:00Z", Date.UTC(2016, 1, 29)],
    ["2015-02-29T00:00:00Z", undefined],
    ["2015-13-01T00:00:00Z", undefined],
    ["2015-09-30T24:00:00Z", undefined],
    ["2015-09-30T20:00:60Z", undefined],
    ["2015-09-30", undefined],
    ["2015-09-30T20:00:00", undefined],
    ["1443643200000", undefined],
  ];
  for (const [text, expected] of cases) assert.equal(parseTime(text), expected, text);
});
