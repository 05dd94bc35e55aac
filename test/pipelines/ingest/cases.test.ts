/** Small files as providers and tools write them: each is taken with its right values, or refused with what is wrong. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../../schemas/files.js";
import type { IngestKind } from "../../../pipelines/ingest/outcome.js";
import { readSorted, type SortedOptions } from "../../../pipelines/ingest/sorted.js";
import { anySymbol } from "../../../pipelines/ingest/universe/index.js";
import { UserError } from "../../../pipelines/runtime/errors.js";

const now = () => Date.parse("2026-11-29T00:00:00Z");

async function read<Kind extends IngestKind>(kind: Kind, name: string, options: Partial<SortedOptions<Kind>> = {}) {
  const input = join(packageRoot, "test/fixtures/cases", kind, name);
  const { records, summary } = await readSorted({ kind, input, now, symbols: anySymbol, ...options });
  const refused = summary.rejections.map(({ line, code, reason }) => `${line} ${code}: ${reason}`);
  return { records, summary, refused };
}

const closes = (bars: readonly { symbol: string; eventTime: number; close: number }[]): string[] =>
  bars.map(({ symbol, eventTime, close }) => `${symbol} ${new Date(eventTime).toISOString().slice(0, 16)} ${close}`);

async function refusesWhole(kind: IngestKind, name: string, message: RegExp, remedy: RegExp): Promise<void> {
  await assert.rejects(read(kind, name), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, message);
    assert.match(error.remedy ?? "", remedy);
    return true;
  });
}

test("yfinance's history: a symbol for the whole file, and a split that the prices hold is not counted", async () => {
  await refusesWhole("bars", "B01-yfinance-history.csv", /no column symbol/, /--symbol AAPL/);
  const counted = await read("bars", "B01-yfinance-history.csv", { symbol: "AAPL" });
  assert.deepEqual(counted.refused, [
    "4 ADJUSTED_ALREADY: split is 4, and the price goes from 124.8 to 127.58: it holds the split already",
  ]);
  assert.match(counted.summary.remarks.join(), /--adjusted all/);
  const { records, refused, summary } = await read("bars", "B01-yfinance-history.csv", {
    symbol: "AAPL",
    adjusted: "all",
  });
  assert.deepEqual([refused, summary.remarks], [[], []]);
  assert.deepEqual(closes(records), [
    "AAPL 2020-08-27T20:00 125.01",
    "AAPL 2020-08-28T20:00 124.8",
    "AAPL 2020-08-31T20:00 129.03",
  ]);
  assert.deepEqual(
    records.map(({ split, dividendFactor, adjustment }) => split * dividendFactor * adjustment),
    [1, 1, 1],
  );
});

test("Yahoo's Adj Close is read", async () => {
  const { records } = await read("bars", "B03-yahoo-adj-close.csv");
  assert.deepEqual(
    records.map(({ adjustment }) => adjustment),
    [149.92 / 150.87, 150.28 / 151.01],
  );
});

test("hourly bars stamped at their open are refused with the remedy, and end an hour later or with the session", async () => {
  const { refused } = await read("bars", "B07-yfinance-hourly-open-stamped.csv", { interval: "1h" });
  assert.equal(refused.length, 7);
  for (const line of refused) assert.match(line, /STAMPED_AT_OPEN: .*2022-01-04T14:30:00.000Z, when trading begins/);
  const { records } = await read("bars", "B07-yfinance-hourly-open-stamped.csv", { interval: "1h", stamped: "open" });
  assert.deepEqual(
    closes(records).map((line) => line.slice(16, 21)),
    ["15:30", "16:30", "17:30", "18:30", "19:30", "20:30", "21:00"],
  );
});

test("Binance's klines without a header: columns by their order, microseconds, the last one of a bar as its close", async () => {
  await refusesWhole(
    "bars",
    "B11-binance-klines-noheader.csv",
    /no header, its first line is data/,
    /--columns open_time/,
  );
  const columns = "open_time,open,high,low,close,volume,close_time,-,-,-,-,-".split(",");
  const { records, summary } = await read("bars", "B11-binance-klines-noheader.csv", { columns, symbol: "BTCUSDT" });
  assert.deepEqual(closes(records), ["BTCUSDT 2025-01-01T01:00 94401.14", "BTCUSDT 2025-01-01T02:00 93607.74"]);
  assert.deepEqual([new Set(records.map(({ interval }) => interval)), summary.lines], [new Set(["1h"]), 2]);
});

test("Stooq's names, with D for its interval and no time of day", async () => {
  const { records, summary } = await read("bars", "B19-stooq.csv");
  assert.deepEqual(closes(records), ["AAPL.US 2024-01-05T21:00 181.18"]);
  assert.deepEqual([records[0]?.interval, summary.unreadColumns], ["1d", ["<OPENINT>"]]);
});

test("Alpaca's letters: t is the open of the bar", async () => {
  const without = await read("bars", "B22-alpaca-bars.jsonl");
  assert.match(without.refused.join(), /1 MISSING_FIELD: a bar with a time needs an interval/);
  const { records, summary } = await read("bars", "B22-alpaca-bars.jsonl", { interval: "1m" });
  assert.deepEqual(closes(records), ["AAPL 2022-01-03T09:01 178.21"]);
  assert.deepEqual(summary.unreadColumns, ["n", "vw"]);
});

test("a day as pandas, JavaScript and others write it; one that may be read in two ways is refused as that", async () => {
  const { records, refused } = await read("bars", "B27-pandas-datetime-date.csv");
  assert.deepEqual(
    closes(records).map((line) => line.slice(5, 15)),
    ["2024-01-05", "2024-01-08", "2024-01-09", "2024-01-11"],
  );
  assert.match(refused.join(), /^5 INVALID_TIME: date "01\/10\/2024" may have the day or the month first/);
});

test("bars of days on which the exchange was closed say so", async () => {
  const { refused } = await read("bars", "B12-crypto-daily-weekend.csv");
  assert.equal(refused[1], "7 EXCHANGE_CLOSED: XNYS was closed on 2024-01-06 (a date in America/New_York)");
});

test("newest first is sorted", async () => {
  const { records } = await read("bars", "B37-descending.csv");
  assert.deepEqual(
    closes(records).map((line) => line.slice(5, 15)),
    ["2024-01-05", "2024-01-08", "2024-01-09"],
  );
});

test("a split of 0.0 is none", async () => {
  const { records } = await read("bars", "B39-split-zero.csv");
  assert.deepEqual(
    records.map(({ split }) => split),
    [1, 1, 4],
  );
});

test("date and time in two columns are one moment, in a zone; never the bar of the day", async () => {
  const name = "B45-date-and-time-columns.csv";
  assert.equal((await read("bars", name)).records.length, 0);
  const noZone = await read("bars", name, { interval: "1m" });
  assert.match(noZone.refused[0] ?? "", /INVALID_TIME: time "09:31" has no time zone/);
  for (const zone of ["exchange", "America/New_York", "-05:00"]) {
    const { records } = await read("bars", name, { interval: "1m", zone });
    assert.deepEqual(closes(records)[0], "MINU 2026-11-25T14:31 182.1", zone);
    assert.equal(records.length, 4);
  }
});

test("Tiingo's split beside adjClose is ours", async () => {
  const theirs = await read("bars", "S1-tiingo-split-70bars.csv");
  const ours = await read("bars", "S2-newstape-split-70bars.csv");
  assert.deepEqual(theirs.records, ours.records);
  assert.deepEqual(theirs.summary.unreadColumns, ["adjHigh", "adjLow", "adjOpen", "adjVolume"]);
});

test("Finnhub's articles, as lines and as an array", async () => {
  const lines = await read("news", "N03-finnhub.jsonl");
  const array = await read("news", "N01-finnhub-array.json");
  assert.deepEqual(array.records, lines.records);
  assert.deepEqual(
    lines.records.map(({ sourceId, source, eventTime, symbols }) => [sourceId, source, eventTime, ...symbols]),
    [
      ["123456789", "Yahoo", 1704479400_000, "AAPL"],
      ["123456790", "CNBC", 1704483000_000, "AAPL"],
    ],
  );
});

test("Benzinga's and Alpaca's articles", async () => {
  const [benzinga] = (await read("news", "N05-benzinga.jsonl")).records;
  assert.deepEqual(
    [benzinga?.headline, benzinga?.symbols, benzinga?.eventTime],
    ["Apple Beats", ["AAPL"], Date.parse("2024-01-05T17:30:00Z")],
  );
  const [alpaca] = (await read("news", "N06-alpaca.jsonl")).records;
  assert.deepEqual(
    [alpaca?.sourceId, alpaca?.source, alpaca?.eventTime],
    ["24843171", "benzinga", Date.parse("2021-12-31T11:08:42Z")],
  );
});

test("Kaggle's headlines, which have no id: articles are known by their words", async () => {
  const { records, summary } = await read("news", "N10-kaggle-analyst-ratings.csv");
  assert.deepEqual(
    records.map(({ headline, eventTime }) => [headline, new Date(eventTime).toISOString().slice(0, 16)]),
    [
      ['Agilent "beats" on Q2', "2020-05-22T16:45"],
      ["Stocks That Hit 52-Week Highs On Friday", "2020-06-05T14:30"],
    ],
  );
  assert.match(summary.remarks.join(), /known by headline, time and symbols/);
});

test("lists of symbols as texts", async () => {
  const { records, refused } = await read("news", "N19-symbol-lists.csv");
  const symbols = new Map(records.map((record) => [record.sourceId, record.symbols.join(" ")]));
  assert.deepEqual(
    ["1", "2", "3", "4", "6"].map((id) => symbols.get(id)),
    ["AAPL MSFT", "AAPL MSFT", "AAPL", "AAPL MSFT", "BRK-B"],
  );
  assert.ok(refused.includes("8 MISSING_FIELD: symbols are missing"));
  assert.match(refused.join("\n"), /^9 INVALID_FIELD: symbols "AAPL US" may be one symbol as Bloomberg writes it/m);
});
