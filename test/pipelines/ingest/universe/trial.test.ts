/**
 * Twenty symbols of one's own, of many kinds: files of bars and of articles that spell them differently are taken whole, and
 * news and bars of each meet under one symbol all the way to its signals.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { noRouters } from "../../../../models/runtime/routers.js";
import { nyse } from "../../../../operators/calendar/nyse.js";
import { readSorted } from "../../../../pipelines/ingest/index.js";
import { readUniverse } from "../../../../pipelines/ingest/universe/index.js";
import { recordsOf, runOffline } from "../../../../pipelines/offline/run.js";
import { stages } from "../../../../pipelines/stages/index.js";

const directory = mkdtempSync(join(tmpdir(), "newstape-trial-"));
after(() => rmSync(directory, { recursive: true }));

/** The universe's symbol; spellings in bars and in news. Of the last two the ticker changes on 2022-06-09 and on 2022-03-01. */
const kinds: [symbol: string, bars: string[], news: string[]][] = [
  ["BRK.B", ["BRK-B", "BRK/B"], ["brk.b", "$BRK.B", "BRK-B", "Berkshire"]],
  ["BF.B", ["BF.B"], ["BF-B", "bf/b"]],
  ["RDS-A", ["RDS.A"], ["RDS-A"]],
  ["0700.HK", ["0700.HK"], ["0700.hk", "Tencent", "700 HK"]],
  ["VOD.L", ["VOD.L"], ["vod.l", "LSE:VOD"]],
  ["BTC-USD", ["BTC-USD"], ["btc-usd"]],
  ["BTC/EUR", ["BTC/EUR"], ["BTC/EUR"]],
  ["EURUSD=X", ["eurusd=x"], ["EURUSD=X", "EUR/USD"]],
  ["M&M.NS", ["M&M.NS"], ["m&m.ns"]],
  ["ES1!", ["ES1!"], ["es1!"]],
  ["^GSPC", ["^GSPC"], ["^gspc", "SPX"]],
  ["GC=F", ["GC=F"], ["gc=f"]],
  ["005930.KS", ["005930.KS"], ["005930.KS"]],
  ["BT-A.L", ["BT-A.L"], ["bt-a.l"]],
  ["AAPL", ["aapl"], ["$AAPL", "aapl", "AAPL US"]],
  ["MSFT", ["MSFT"], ["MSFT"]],
  ["7203.T", ["7203.T"], ["7203.T"]],
  ["SAP.DE", ["SAP.DE"], ["sap.de"]],
  ["META", ["META"], ["META"]],
  ["OLD.X", ["OLD.X"], ["OLD-X"]],
];

const universeFile = join(directory, "mine.csv");
writeFileSync(
  universeFile,
  `symbol,name,aliases,currency,formerly
BRK.B,Berkshire Hathaway Inc.,Berkshire,USD,
BF.B,Brown-Forman,,USD,
RDS-A,Royal Dutch Shell,,USD,
0700.HK,Tencent Holdings,Tencent|700 HK,HKD,
VOD.L,Vodafone Group,LSE:VOD,GBp,
BTC-USD,Bitcoin,,USD,
BTC/EUR,Bitcoin in euros,,EUR,
EURUSD=X,,EUR/USD,USD,
M&M.NS,Mahindra & Mahindra,,INR,
ES1!,,,USD,
^GSPC,S&P 500,SPX,USD,
GC=F,,,USD,
005930.KS,Samsung Electronics,,KRW,
BT-A.L,BT Group,,GBp,
AAPL,Apple Inc.,AAPL US,USD,
MSFT,Microsoft,,USD,
7203.T,Toyota Motor,,JPY,
SAP.DE,SAP SE,,EUR,
META,"Meta Platforms, Inc.",,USD,FB until 2022-06-09
OLD.X,Renamed Corp,,USD,RNM until 2022-03-01; FB until 2012-05-18
`,
);

/** Spellings at a date: the former tickers in their time. */
function spelt(symbol: string, spellings: readonly string[], date: string): readonly string[] {
  if (symbol === "META" && date < "2022-06-09") return ["FB", "fb"];
  if (symbol === "OLD.X" && date < "2022-03-01") return ["RNM"];
  return spellings;
}

function sessions(count: number): string[] {
  const dates: string[] = [];
  for (let time = Date.UTC(2022, 0, 3); dates.length < count; time += 86_400_000) {
    const date = new Date(time).toISOString().slice(0, 10);
    if (nyse.session(date) !== undefined) dates.push(date);
  }
  return dates;
}

const dates = sessions(150);

function barsFile(): string {
  const lines = ["symbol,date,open,high,low,close,volume"];
  for (const [place, [symbol, bars]] of kinds.entries()) {
    for (const [day, date] of dates.entries()) {
      const names = spelt(symbol, bars, date);
      const close = 50 + place + 3 * Math.sin(day / 5 + place) + 0.7 * Math.sin(day * (1.3 + place / 10));
      const cells = [names[day % names.length], date, close, close + 1, close - 1, close, 10_000 + 100 * (day % 7)];
      lines.push(cells.join(","));
    }
  }
  const file = join(directory, "bars.csv");
  writeFileSync(file, lines.join("\n"));
  return file;
}

function newsFile(): string {
  const lines: string[] = [];
  for (const [symbol, , news] of kinds) {
    for (const [day, date] of dates.entries()) {
      if (day % 2 === 1) continue;
      const names = spelt(symbol, news, date);
      const headline = day % 4 === 0 ? "Profit soars after strong demand" : "Shares fall on weak outlook";
      const symbols = [names[(day / 2) % names.length]];
      lines.push(JSON.stringify({ id: `${symbol}-${day}`, published_at: `${date}T15:30:00Z`, symbols, headline }));
    }
  }
  const file = join(directory, "news.jsonl");
  writeFileSync(file, lines.join("\n"));
  return file;
}

test("20 symbols of one's own: everything is taken, and news and bars of each meet up to its signals", async () => {
  const symbols = readUniverse(universeFile);
  const all = kinds.map(([symbol]) => symbol).sort();
  const bars = await readSorted({ kind: "bars", input: barsFile(), now: Date.now, symbols });
  const news = await readSorted({ kind: "news", input: newsFile(), now: Date.now, symbols });
  assert.deepEqual([bars.summary.rejections, news.summary.rejections], [[], []]);
  assert.equal(bars.records.length, 20 * dates.length);
  assert.equal(news.records.length, 20 * 75);
  assert.equal(news.summary.unknownSymbols, 0);
  const bySymbol = (list: readonly { symbol: string }[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { symbol } of list) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    return counts;
  };
  assert.deepEqual(
    [...bySymbol(bars.records)].sort(),
    all.map((symbol) => [symbol, dates.length]),
  );

  const services = { settings: { featureSets: ["core"] }, routers: noRouters };
  const records = await runOffline(stages, { "news.raw": news.records, "market.bars": bars.records }, services);
  assert.deepEqual(
    [...bySymbol(recordsOf(records, "news.sentiment"))].sort(),
    all.map((symbol) => [symbol, 75]),
  );
  const vectors = recordsOf(records, "features");
  const withNews = vectors.filter(({ sentimentCount }) => sentimentCount > 0);
  assert.deepEqual([...bySymbol(withNews).keys()].sort(), all);
  assert.deepEqual([...bySymbol(recordsOf(records, "signals")).keys()].sort(), all);
});

test("without a universe the same files are let in whole, in one spelling each", async () => {
  const bars = await readSorted({ kind: "bars", input: barsFile(), now: Date.now });
  assert.deepEqual(bars.summary.rejections, []);
  const found = new Set(bars.records.map(({ symbol }) => symbol));
  for (const symbol of ["BRK-B", "BF-B", "RDS-A", "0700.HK", "VOD.L", "FB", "META"])
    assert.ok(found.has(symbol), symbol);
  assert.ok(!found.has("BRK.B") && !found.has("BRK/B"));
});
