import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { calendarNames } from "../../../../operators/calendar/calendars.js";
import { nyse } from "../../../../operators/calendar/nyse.js";
import { ingestFile } from "../../../../pipelines/ingest/ingest.js";
import { foreignBySymbol } from "../../../../pipelines/ingest/universe/foreign.js";
import { checkFiles, hasFaults, type CheckReport } from "../../../../pipelines/ingest/universe/check/check.js";
import {
  anySymbol,
  bundledUniverse,
  readUniverse,
  spellingsOf,
  universeOfSymbols,
} from "../../../../pipelines/ingest/universe/index.js";
import { newstape } from "../../../helpers/cli.js";

const directory = mkdtempSync(join(tmpdir(), "newstape-check-"));
after(() => rmSync(directory, { recursive: true }));

let files = 0;
function fileOf(ending: string, lines: readonly string[]): string {
  const file = join(directory, `file-${(files += 1)}.${ending}`);
  writeFileSync(file, lines.join("\n"));
  return file;
}

const universe = fileOf("csv", [
  "symbol,name,aliases,formerly",
  "AAPL,Apple,,",
  "BRK.B,Berkshire,,",
  "META,Meta,,FB until 2022-06-09",
  "QUIET,,,",
  "NONEWS,,,",
  "NOBARS,,,",
  "SPLIT,,,",
  "DEAD,,,",
]);

const sessions = Array.from({ length: 60 }, (_, day) =>
  new Date(Date.UTC(2022, 4, 2) + day * 86_400_000).toISOString().slice(0, 10),
).filter((date) => nyse.session(date) !== undefined);

const header = "symbol,date,open,high,low,close,volume,split";
const bar = (symbol: string, date: string, close = 100, split = 1): string =>
  [symbol, date, close, close, close, close, 1000, split].join(",");
const article = (id: string, symbols: string[], date = "2022-06-15"): string =>
  JSON.stringify({ id, published_at: `${date}T15:00:00Z`, symbols, headline: "Up" });

const parted = { id: "1", published_at: "2022-06-15T15:00:00Z", headline: "Up" };

const lines = [
  header,
  ...sessions.filter((_, day) => day !== 5 && day !== 7).map((date) => bar("AAPL", date)),
  ...sessions.map((date) => bar("BRK-B", date)),
  ...sessions.map((date) => bar(date < "2022-06-09" ? "FB" : "META", date)),
  ...sessions.map((date) => bar("NONEWS", date)),
  // A split of four that the file does not have, and one that it has.
  ...sessions.map((date, day) => bar("SPLIT", date, day < 20 ? 400 : day < 30 ? 100 : 50, day === 30 ? 2 : 1)),
  ...sessions.slice(0, 10).map((date) => bar("DEAD", date)),
];
const bars = fileOf("csv", lines);
const news = fileOf("jsonl", [
  article("1", ["AAPL", "brk/b"]),
  article("2", ["FB"], "2022-05-03"),
  article("3", ["META", "SPLIT", "DEAD"]),
  article("4", ["NOBARS"]),
  article("5", ["NOBARS", "AAPL"]),
]);

const check = (newsFiles: string[], barsFiles: string[]): Promise<CheckReport> =>
  checkFiles({ universe: readUniverse(universe), news: newsFiles, bars: barsFiles, now: Date.now });

test("each kind of finding, and nothing else", async () => {
  const report = await check([news], [bars]);
  assert.deepEqual(report.newsWithoutBars, [{ symbol: "NOBARS", articles: 2 }]);
  assert.deepEqual(report.barsWithoutNews, [{ symbol: "NONEWS", bars: sessions.length }]);
  assert.deepEqual(report.neither, ["QUIET"]);
  assert.deepEqual(report.unknown, []);
  const spellings = report.spellings.map(({ written, symbol }) => `${written} ${symbol ?? ""}`).sort();
  assert.deepEqual(spellings, ["BRK-B BRK.B", "FB META", "brk/b BRK.B"]);
  assert.deepEqual(report.missingDays, [{ symbol: "AAPL", count: 2, first: [sessions[5], sessions[7]] }]);
  assert.equal(report.jumps.length, 1);
  const [jump] = report.jumps;
  assert.deepEqual([jump?.symbol, jump?.count, jump?.first[0]?.factor, jump?.first[0]?.near], ["SPLIT", 1, 0.25, 4]);
  assert.equal(jump?.first[0]?.time.slice(0, 10), sessions[20]);
  assert.deepEqual(
    report.stale.map(({ symbol, sessions: count }) => [symbol, count]),
    [["DEAD", sessions.length - 10]],
  );
  assert.equal(hasFaults(report), false);
});

test("a file that begins with its newest bar gives the same", async () => {
  const turned = fileOf("csv", [header, ...lines.slice(1).reverse()]);
  const [one, other] = [await check([news], [bars]), await check([news], [turned])];
  for (const name of ["missingDays", "jumps", "stale", "newsWithoutBars", "barsWithoutNews"] as const)
    assert.deepEqual(one[name], other[name], name);
});

test("what is unknown or refused is a fault", async () => {
  const unknown = await check([fileOf("jsonl", [article("1", ["AAPL", "TSLA"]), article("2", ["TSLA", "FB"])])], []);
  assert.deepEqual(
    unknown.unknown.map(({ written, count }) => [written, count]),
    [
      ["TSLA", 2],
      ["FB", 1],
    ],
  );
  assert.match(unknown.unknown[1]?.reason ?? "", /ticker of META until 2022-06-09/);
  assert.ok(hasFaults(unknown));
  assert.ok(hasFaults(await check([], [fileOf("csv", [header, bar("AAPL", "2022-06-19")])])));
});

test("symbols that differ by their signs may be one", async () => {
  const file = fileOf("csv", [
    header,
    ...["MKC.V", "MKC-V", "BTC-USD", "BTCUSD", "BRK.B", "BRKB"].map((symbol) => bar(symbol, "2022-06-15")),
  ]);
  const report = await checkFiles({ universe: anySymbol, news: [], bars: [file], now: Date.now });
  assert.deepEqual(report.alike, [
    ["MKC-V", "MKC.V"],
    ["BTC-USD", "BTCUSD"],
  ]);
  assert.deepEqual(report.barsWithoutNews, []);
});

test("what a line has for symbols is counted once, each by itself", async () => {
  const both = { news: [fileOf("jsonl", [JSON.stringify({ ...parted, symbols: "AAPL META NOPE" })])], now: Date.now };
  const spaced = await checkFiles({ universe: readUniverse(universe), bars: [], ...both });
  assert.deepEqual(
    spaced.unknown.map(({ written, count }) => [written, count]),
    [["NOPE", 1]],
  );
  assert.deepEqual((await checkFiles({ universe: anySymbol, bars: [], ...both })).unknown, []);
  const refused = fileOf("csv", [
    header,
    bar("ZZZ", "2022-06-14"),
    bar("ZZZ", "2022-06-15"),
    bar("BRK/B", "2022-06-15"),
  ]);
  const counted = await check([], [refused]);
  assert.deepEqual(
    [counted.unknown, counted.spellings].map((found) => found.map(({ written, count }) => [written, count])),
    [[["ZZZ", 2]], [["BRK/B", 1]]],
  );
});

test("symbols of other exchanges whose exchange nobody says are named, in the file's remarks too", async () => {
  const foreign = ["VOD.L", "7203.T", "BTC-USD", "EURUSD=X", "SAP.DE", "005930.KS"];
  const lines = [...foreign, "AAPL", "BRK.B", "ES"].map((symbol) => bar(symbol, "2022-06-15"));
  const file = fileOf("csv", [header, ...lines, bar("BTC-USD", "2022-06-18")]);
  const report = await checkFiles({ universe: anySymbol, news: [], bars: [file], now: Date.now });
  assert.deepEqual(
    report.withoutExchange.map(({ symbol, exchange }) => [symbol, exchange]),
    [
      ["VOD.L", "XLON"],
      ["7203.T", "XTKS"],
      ["BTC-USD", "24/7"],
      ["EURUSD=X", "24/5"],
      ["SAP.DE", "XETR"],
      ["005930.KS", undefined],
    ],
  );
  assert.deepEqual(report.files[0]?.summary.remarks.length, 1);
  assert.match(report.files[0]?.summary.remarks[0] ?? "", /VOD\.L \(XLON\), 7203\.T \(XTKS\).* and 1 more: .*universe/);
  const placed = fileOf("csv", ["symbol,exchange", "VOD.L,XLON", "7203.T,", "BRK.B,", "MKC.V,XNYS"]);
  const listed = await checkFiles({ universe: readUniverse(placed), news: [], bars: [], now: Date.now });
  assert.deepEqual(listed.withoutExchange, [{ symbol: "7203.T", exchange: "XTKS" }]);
  for (const { exchange } of report.withoutExchange)
    assert.ok(exchange === undefined || calendarNames().includes(exchange), exchange);
});

test("the bundled slice's symbols are New York's", () => {
  for (const { symbol } of bundledUniverse.listings ?? []) assert.equal(foreignBySymbol(symbol), undefined, symbol);
});

test("bars that begin with the newest are said to be refused; the rest is judged as ingest does", async () => {
  const turned = fileOf("csv", [header, ...lines.slice(1).reverse()]);
  const report = await check([], [turned]);
  assert.match(report.files[0]?.newestFirst ?? "", /^line \d+ is of 2022-06-\d+T20:00:00\.000Z, line \d+ of 2022-06-/);
  assert.ok(hasFaults(report));
  assert.equal((await check([], [bars])).files[0]?.newestFirst, undefined);
  const articles = fileOf("jsonl", [article("1", ["AAPL"], "2022-06-16"), article("2", ["AAPL"], "2022-06-15")]);
  const newest = await check([articles], []);
  assert.notEqual(newest.files[0]?.newestFirst, undefined);
  assert.equal(hasFaults(newest), false);
  // A day's first bars, hours apart, look like days as long as no line has another hour.
  const midnights = ["2024-01-02 00:00:00", "2024-01-03 00:00:00", "2024-01-03 01:00:00", "2024-01-03 02:00:00"];
  const hourly = fileOf("csv", [header, ...midnights.map((date) => bar("BTC-USD", date))]);
  const always = readUniverse(fileOf("csv", ["symbol,exchange", "BTC-USD,24/7"]));
  const checked = await checkFiles({ universe: always, news: [], bars: [hourly], now: Date.now });
  const ingested = await ingestFile({
    ...{ kind: "bars", input: hourly, origin: "backfill", now: Date.now, symbols: always },
    send: async () => undefined,
  });
  assert.deepEqual(checked.files[0]?.summary, ingested);
});

test("the command takes every option of reading files, and names itself", async () => {
  const own = fileOf("csv", ["who,Day,o,h,l,last,n", "AAPL,2022-06-15,1,1,1,1,5", "AAPL,2022-06-19,1,1,1,1,5"]);
  const rejects = join(directory, "rejects.jsonl");
  const { code, stdout, stderr } = await newstape(process.env, [
    ...["universe", "check", universe, "--bars", own, "--news", news],
    ...["--map", "symbol=who,date=Day,close=last,volume=n", "--stamped", "close", "--zone", "UTC"],
    ...["--interval", "1d", "--adjusted", "all", "--rejects", rejects],
  ]);
  assert.equal(code, 3, stderr);
  assert.match(stderr, /2 lines|3 lines/);
  assert.match(stdout, /EXCHANGE_CLOSED/);
  assert.doesNotMatch(stdout, /ingest --rejects/);
  assert.match(readFileSync(rejects, "utf8"), /"line":3,"code":"EXCHANGE_CLOSED"/);
  const turned = fileOf("csv", [header, ...lines.slice(1).reverse()]);
  const newest = await newstape(process.env, ["universe", "check", universe, "--bars", turned]);
  assert.equal(newest.code, 3, newest.stderr);
  assert.match(newest.stdout, /newest first: bars/);
});

test("the command: a table or JSON, and 3 where something is refused or unknown", async () => {
  const sound = await newstape(process.env, ["universe", "check", universe, "--news", news, "--bars", bars]);
  assert.equal(sound.code, 0, sound.stderr);
  for (const what of ["news and no bars", "bars and no news", "days missing", "jumps", "stale", "other spellings"])
    assert.match(sound.stdout, new RegExp(what));
  assert.match(sound.stdout, /near 4/);
  const wrong = fileOf("csv", ["symbol,exchange", "AAPL,NASDAQ", "BRK.B,", "BRK-B,"]);
  const refused = await newstape(process.env, ["universe", "check", wrong, "--json"]);
  assert.equal(refused.code, 3, refused.stderr);
  const { universe: read } = JSON.parse(refused.stdout) as { universe: { problems: { line: number }[] } };
  assert.deepEqual(
    read.problems.map(({ line }) => line),
    [2, 4],
  );
  const unknown = await newstape(process.env, [
    "universe",
    "check",
    universe,
    "--news",
    fileOf("jsonl", [article("1", ["TSLA"])]),
  ]);
  assert.equal(unknown.code, 3, unknown.stderr);
  assert.match(unknown.stdout, /UNKNOWN_SYMBOL/);
});

test("a symbol given by hand is looked for in the spellings that it may have", () => {
  assert.deepEqual([...spellingsOf(readUniverse(universe), "brk-b")], ["BRK.B"]);
  assert.deepEqual([...spellingsOf(universeOfSymbols(["AAPL"]), "brk-b")].sort(), ["BRK-B", "BRK.B", "BRK/B", "brk-b"]);
  assert.deepEqual([...spellingsOf(anySymbol, "VOD.L")], ["VOD.L"]);
  assert.deepEqual([...spellingsOf(anySymbol, "$aapl")], ["$aapl", "AAPL"]);
});
