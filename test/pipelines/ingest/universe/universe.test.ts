import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { calendarNames, registerCalendar } from "../../../../operators/calendar/calendars.js";
import { always } from "../../../../operators/calendar/always.js";
import { defaultSymbols } from "../../../../pipelines/ingest/default-symbols.js";
import {
  bundledUniverse,
  examineUniverse,
  isListing,
  readUniverse,
  universeOfSymbols,
  type Moment,
  type Universe,
} from "../../../../pipelines/ingest/universe/index.js";
import { UserError } from "../../../../pipelines/runtime/errors.js";

const directory = mkdtempSync(join(tmpdir(), "newstape-universe-"));
after(() => rmSync(directory, { recursive: true }));

/** Exchanges that this test speaks of, with a calendar of their own where the build has none. */
for (const name of ["XLON", "XHKG"])
  if (!calendarNames().includes(name)) registerCalendar({ ...always, name, dateOf: (time) => always.dateOf(time) });

let files = 0;
function fileOf(content: string | Buffer, ending = "csv"): string {
  const file = join(directory, `universe-${(files += 1)}.${ending}`);
  writeFileSync(file, content);
  return file;
}

const universe = (content: string | Buffer): Universe => readUniverse(fileOf(content));
const day = (date: string): number => Date.parse(`${date}T15:00:00Z`);
const means = (from: Universe, raw: string, at?: Moment): string => {
  const found = from.find(raw, at);
  return isListing(found) ? found.symbol : found.code;
};

/** What is wrong with a file, as `line: value`. */
function faults(content: string): string[] {
  return examineUniverse(fileOf(content)).problems.map(({ line, value }) => `${line}: ${value}`);
}

test("the bundled list has the 88 stocks, sorted, in its own spelling", () => {
  assert.equal(new Set(defaultSymbols).size, 88);
  assert.deepEqual([...defaultSymbols].sort(), defaultSymbols);
  for (const raw of ["BRK-A", "BRK.A", "brk/a", "$brk.a"]) assert.equal(means(bundledUniverse, raw), "BRK-A");
  assert.equal(means(bundledUniverse, "rds.b"), "RDS-B");
  assert.equal(means(bundledUniverse, "TSLA"), "UNKNOWN_SYMBOL");
});

test("one symbol a line, with or without a heading, comments, quotes, other columns, gzip and a byte order mark", () => {
  const list = '\uFEFFsymbol,name\r\n# technology\r\n$tsla,"Tesla, Inc."\r\n\r\n"BRK.B",Berkshire # class B\r\n';
  const plain = "TSLA\n  # a comment\nBRK.B # class B\n";
  for (const content of [list, Buffer.from(list), gzipSync(list), plain, "TSLA,Tesla\nBRK.B,Berkshire\n"])
    assert.deepEqual(
      universe(content).listings?.map(({ symbol }) => symbol),
      ["TSLA", "BRK.B"],
    );
});

test("all columns, in any order", () => {
  const content =
    "name,Symbol,formerly,aliases,currency,exchange,sector\n" +
    '"Meta Platforms, Inc.",META,FB until 2022-06-09,Facebook|Instagram;FB.O,USD,XNYS,Media\n';
  const { universe: read, problems, unreadColumns } = examineUniverse(fileOf(content));
  assert.deepEqual(problems, []);
  assert.deepEqual(unreadColumns, ["sector"]);
  assert.deepEqual(read.listings, [
    {
      symbol: "META",
      name: "Meta Platforms, Inc.",
      aliases: ["Facebook", "Instagram", "FB.O"],
      not: [],
      exchange: "XNYS",
      currency: "USD",
      formerly: [{ symbol: "FB", until: "2022-06-09" }],
    },
  ]);
  for (const raw of ["facebook", "FB.O", "fb.o"]) assert.equal(means(read, raw), "META");
});

test("a universe is known by its content", () => {
  const one = universe("symbol,name\nAAPL,Apple\n");
  assert.equal(one.description, universe("symbol,name\nAAPL,Apple\n# the same\n").description);
  for (const other of ["symbol,name\nAAPL,Apple Inc.\n", "AAPL\nMSFT\n", "symbol,formerly\nAAPL,FB until 2020-01-01\n"])
    assert.notEqual(one.description, universe(other).description);
});

test("the calendar is that of the exchange, XNYS without one", () => {
  const read = universe("symbol,exchange\nVOD.L,XLON\n0700.HK,xhkg\nAAPL,\nMSFT,XNYS\n");
  assert.deepEqual(
    ["VOD.L", "0700.HK", "AAPL", "MSFT", "TSLA"].map((symbol) => read.calendarOf(symbol)),
    ["XLON", "XHKG", "XNYS", "XNYS", "XNYS"],
  );
});

test("each spelling of a class means the universe's, and nothing else does", () => {
  for (const spelling of ["BRK.B", "BRK-B", "BRK/B"]) {
    const read = universe(`symbol\n${spelling}\nBRKB.L\n`);
    for (const raw of ["BRK-B", "BRK/B", "brk.b", "BRK.B", " $brk-b "]) assert.equal(means(read, raw), spelling);
    for (const raw of ["BRK", "BRK.A", "BRKB", "BRK B", "BRK.BB"]) assert.notEqual(means(read, raw), spelling);
  }
});

test("an exchange's ending is no class: the listing decides", () => {
  const both = universe("symbol\nVOD.L\nVOD-L\n7203.T\n");
  assert.equal(means(both, "VOD.L"), "VOD.L");
  assert.equal(means(both, "VOD-L"), "VOD-L");
  assert.equal(means(both, "VOD/L"), "UNKNOWN_SYMBOL");
  assert.equal(means(both, "7203-T"), "UNKNOWN_SYMBOL");
  const one = universe("symbol,exchange\nVOD.L,XLON\nMKC.V,XNYS\n");
  assert.equal(means(one, "VOD-L"), "UNKNOWN_SYMBOL");
  assert.equal(means(one, "MKC-V"), "MKC.V");
  const unclear = universe("symbol\nMKC.V\n");
  assert.equal(means(unclear, "MKC-V"), "UNKNOWN_SYMBOL");
});

test("any: as it is written but for the class, which has a hyphen; what is no symbol says why", () => {
  const any = readUniverse("any");
  for (const symbol of (
    "A BTC-USD BTC/USD VOD.L VOD-L EURUSD=X GC=F M&M.NS ES1! 0700.HK 005930.KS ^GSPC BRK-A BRK.B.US 7203.T 7203-T " +
    "BT-A.L ERIC-B.ST EUR_USD AAPL240119C00190000 BP. BAC.N MKC.V DX-Y.NYB 1INCH-USD EUR= " +
    "X".repeat(32)
  ).split(" "))
    assert.equal(means(any, symbol), symbol);
  const respelt = {
    "BRK.B": "BRK-B",
    "brk/b": "BRK-B",
    "BF.B": "BF-B",
    "RDS-A": "RDS-A",
    $aapl: "AAPL",
    "m&m.ns": "M&M.NS",
  };
  for (const [raw, symbol] of Object.entries(respelt)) assert.equal(means(any, raw), symbol);
  const wrong = {
    "": /is empty/,
    "A B": /holds a space/,
    "<script>": /U\+003C/,
    "-A": /sign at its beginning/,
    "../etc": /sign at its beginning/,
    "A/../B": /beside another/,
    "=1+1": /U\+002B/,
    "A\u001b[2J": /U\+001B/,
    "A;DROP": /U\+003B/,
    "A,B": /U\+002C/,
    ÅF: /U\+00C5/,
    straße: /U\+00DF/,
    "TSX:SHOP": /names an exchange/,
    _TEST: /sign at its beginning/,
    BRKb: /BRK-B or BRKB/,
    ["X".repeat(33)]: /33 characters/,
  };
  for (const [raw, reason] of Object.entries(wrong)) {
    const found = any.find(raw);
    assert.ok(!isListing(found), raw);
    assert.match(found.reason, reason);
    assert.equal(found.code, "INVALID_FIELD");
  }
});

test("a renamed share is found under both tickers, each in its time", () => {
  const read = universe(
    "symbol,formerly\nMETA,FB until 2022-06-09\nSHEL,RDS.A until 2022-01-31; RD until 2005-07-20\n",
  );
  assert.equal(means(read, "FB", day("2022-06-08")), "META");
  assert.equal(means(read, "META", day("2019-01-02")), "META");
  assert.equal(means(read, "FB", day("2022-06-09")), "UNKNOWN_SYMBOL");
  const late = read.find("FB", day("2022-06-09"));
  assert.match(isListing(late) ? "" : late.reason, /ticker of META until 2022-06-09, and this is of 2022-06-09/);
  assert.equal(means(read, "RDS-A", day("2010-01-04")), "SHEL");
  assert.equal(means(read, "RD", day("2010-01-04")), "UNKNOWN_SYMBOL");
  // Asked for by hand, without a moment: whose it was last.
  assert.equal(means(read, "FB"), "META");
  assert.equal(
    means(read, "FB", () => undefined),
    "INVALID_FIELD",
  );
});

test("the day of a rename is that of the exchange", () => {
  const read = universe("symbol,exchange,formerly\nMETA,XNYS,FB until 2022-06-09\n");
  assert.equal(means(read, "FB", Date.parse("2022-06-09T03:59:00Z")), "META");
  assert.equal(means(read, "FB", Date.parse("2022-06-09T04:00:00Z")), "UNKNOWN_SYMBOL");
});

test("a former ticker that is another company's now: the date decides", () => {
  const read = universe(
    "symbol,formerly\nMETA,FB until 2022-06-09\nMETV,META until 2022-01-31\nFB,\nOLD,FB until 2012-05-18\n",
  );
  assert.equal(means(read, "META", day("2021-07-01")), "METV");
  assert.equal(means(read, "META", day("2022-01-31")), "META");
  assert.equal(means(read, "FB", day("2012-05-17")), "OLD");
  assert.equal(means(read, "FB", day("2012-05-18")), "META");
  assert.equal(means(read, "FB", day("2022-06-09")), "FB");
  assert.equal(means(read, "META"), "META");
});

test("what would merge or tear apart listings is refused, with line and value", () => {
  const wrong: Record<string, string[]> = {
    "AAPL\nMSFT\naapl\n": ["3: AAPL"],
    "symbol\nBRK.B\nAAPL\nBRK-B\n": ["4: BRK-B"],
    "symbol,aliases\nAAPL,Fruit\nORNG,fruit\n": ["3: fruit"],
    "symbol,aliases\nAAPL,MSFT\nMSFT,\n": ["3: MSFT"],
    "symbol,aliases\nBRK.B,\nBRK.A,BRK-B\n": ["3: BRK-B"],
    "symbol,formerly\nMETA,FB\nFB,\n": ["3: FB"],
    "symbol,formerly,aliases\nMETA,FB until 2022-06-09,\nX,,FB\n": ["3: FB"],
    "symbol,formerly\nA,X until 2010-01-01\nB,X until 2010-01-01\n": ["3: X"],
    "symbol,formerly\nA,X until 2010-01-01\nB,Y until 2008-01-01;X until 2015-01-01\n": ["3: X"],
    "symbol,formerly\nC,Q until 2012-01-01\nA,C until 2015-01-01\n": ["3: C"],
    "symbol,formerly\nA,X until 2010-01-01;Y until 2010-01-01\n": ["2: X; Y"],
    "symbol,formerly\nA,X;Y\n": ["2: X; Y"],
    "symbol,formerly\nA,X until 2010-02-30\n": ["2: 2010-02-30"],
    "symbol,formerly\nA,X since 2010-02-03\n": ["2: X since 2010-02-03"],
    "symbol,formerly\nA,X: until 2010-02-03\n": ["2: X:"],
    "symbol,exchange\nAAPL,NASDAQ\n": ["2: NASDAQ"],
    "symbol,exchange\nAAPL,XNYS\nB,XXXX\n": ["3: XXXX"],
    "symbol,currency\nAAPL,$\n": ["2: $"],
    "symbol,name\nAAPL,Apple\nnot a symbol,x\n,Nobody\n": ["3: not a symbol", "4: "],
    "symbol,name\nTSLA,Tesla, Inc.\n": ["2: TSLA,Tesla, Inc."],
    "ticker,name\nAAPL,Apple\n": ["1: ticker,name"],
    "symbol;name\nAAPL;Apple\n": ["1: symbol;name"],
    "symbol,name,Name\nAAPL,a,b\n": ["1: name"],
    'symbol,name\nAAPL,"Ap"ple"\n': ['2: AAPL,"Ap"ple"'],
    'symbol,name\nAAPL,"two\nlines"\nA B,x\n': ["2: two\nlines", "4: A B"],
  };
  for (const [content, expected] of Object.entries(wrong)) assert.deepEqual(faults(content), expected, content);
});

test("what looks alike and is none of these is taken", () => {
  for (const content of [
    "symbol\nBTC-USD\nBTC/USD\nBTCUSD\n",
    "symbol,name\nGOOG,Alphabet Inc.\nGOOGL,Alphabet Inc.\n",
    "symbol,aliases,formerly\nMETA,FB,FB until 2022-06-09\n",
    "symbol,aliases\nBRK.B,BRK-B|BRK/B|BRKB\n",
    "symbol,formerly\nA,X until 2010-01-01\nB,X until 2015-01-01\nX,\n",
  ])
    assert.deepEqual(faults(content), [], content);
});

test("what cannot be used says so: line, value and remedy", () => {
  const file = fileOf("symbol,exchange\nAAPL,NASDAQ\n");
  assert.throws(
    () => readUniverse(file),
    (error) =>
      error instanceof UserError &&
      /line 2: "NASDAQ" is no exchange.*It may be XNAS.*XNYS/.test(error.message) &&
      /universe check/.test(error.remedy ?? ""),
  );
  assert.throws(() => readUniverse(fileOf("symbol\n")), /There is no symbol/);
  assert.throws(() => readUniverse(fileOf("")), /There is no symbol/);
  assert.throws(() => readUniverse(join(directory, "absent")), /cannot be read: ENOENT/);
  assert.throws(() => readUniverse(directory), /cannot be read: EISDIR/);
  assert.throws(() => readUniverse(fileOf(Buffer.from("symbol,name\nA,\xc5kero\n", "latin1"))), /is not UTF-8/);
  assert.throws(() => readUniverse(fileOf(Buffer.from("\uFEFFsymbol\n", "utf16le"))), /is UTF-16/);
  assert.throws(() => readUniverse(fileOf(Buffer.from("PK\u0003\u0004"))), /packed with zip/);
});

test("a hundred thousand symbols are read and found quickly enough to be used", () => {
  const symbols = Array.from({ length: 100_000 }, (_, index) => `S${index.toString(36).toUpperCase()}`);
  const large = universeOfSymbols(symbols);
  assert.equal(means(large, "s255r"), "S255R");
  assert.equal(large.listings?.length, 100_000);
});
