import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { featureSetsByName } from "../../../operators/features/feature-sets.js";
import { nyse } from "../../../operators/calendar/nyse.js";
import { columnNames, MapOfTwo, parseColumnMap, planColumns } from "../../../pipelines/ingest/columns.js";
import { anySymbol } from "../../../pipelines/ingest/universe/index.js";
import { computeFeatureFile } from "../../../pipelines/offline/compute.js";
import type { ReadOptions } from "../../../pipelines/ingest/read.js";
import { outcomesOf, verdict } from "./helpers/lines-of.js";

const directory = mkdtempSync(join(tmpdir(), "newstape-columns-"));
after(() => rmSync(directory, { recursive: true, force: true }));

/** A name as some provider may write it. */
const spelt = (name: string): fc.Arbitrary<string> =>
  name.length === 1
    ? fc.constant(name)
    : fc.constantFrom(
        name,
        name.toUpperCase(),
        name.replaceAll("_", " "),
        name.replaceAll("_", ""),
        `<${name.toUpperCase()}>`,
        ` ${name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())} `,
        `5. ${name.replaceAll("_", " ")}`,
      );

const cells: Readonly<Record<string, string>> = {
  symbol: "AAPL",
  date: "2015-09-30",
  open: "110",
  high: "112",
  low: "109",
  close: "111",
  volume: "1000",
  adj_close: "55.5",
};

test("property: every name of every column, in CSV and JSON Lines, gives the same bar", async () => {
  const [expected] = await outcomesOf("bars", JSON.stringify(cells));
  const names = columnNames("bars");
  const header = fc.tuple(
    ...Object.keys(cells).map((field) => fc.constantFrom(field, ...(names[field] ?? [])).chain(spelt)),
  );
  await fc.assert(
    fc.asyncProperty(header, fc.boolean(), async (columns, isCsv) => {
      const values = Object.values(cells);
      const text = isCsv
        ? `${columns.join(",")}\n${values.join(",")}`
        : JSON.stringify(Object.fromEntries(columns.map((name, at) => [name, values[at]])));
      const outcome = (await outcomesOf("bars", text)).at(-1);
      assert.deepEqual({ ...outcome, line: 1 }, expected, text);
    }),
    { numRuns: 300 },
  );
});

test("property: every name of every column of news gives the same article", async () => {
  const article = {
    id: "1",
    published_at: "2015-09-30T20:00:00Z",
    symbols: "AAPL",
    headline: "Up",
    source: "wire",
    url: "https://a.example/1",
  };
  const [expected] = await outcomesOf("news", JSON.stringify(article));
  const names = columnNames("news");
  const header = fc.tuple(
    ...Object.keys(article).map((field) => fc.constantFrom(field, ...(names[field] ?? [])).chain(spelt)),
  );
  await fc.assert(
    fc.asyncProperty(header, async (columns) => {
      const text = `${columns.join(",")}\n${Object.values(article).join(",")}`;
      const outcome = (await outcomesOf("news", text)).at(-1);
      assert.deepEqual({ ...outcome, line: 1 }, expected, text);
    }),
    { numRuns: 300 },
  );
});

test("the user's own names go before all others; a field without a column is left out", () => {
  const map = parseColumnMap("published_at=When, headline=Words,url=");
  assert.deepEqual(planColumns(["id", "when", "Words", "headline", "url", "published_at"], "news", map), [
    "id",
    "published_at",
    "headline",
    undefined,
    undefined,
    undefined,
  ]);
  assert.throws(() => parseColumnMap("nothing"), /is not like published_at=datetime/);
  assert.throws(() => parseColumnMap("speed=x"), /is not like published_at=datetime/);
});

test("a column that the user names must be there; without a symbol the file is told apart from one without a header", async () => {
  const header = "symbol,date,open,high,low,close,volume";
  const map = parseColumnMap("close=last");
  await assert.rejects(outcomesOf("bars", `${header}\n`, { map }), /no column "last"/);
  await assert.rejects(outcomesOf("bars", `${header.replaceAll(",", ";")}\n`), /parted by ";"/);
  await assert.rejects(outcomesOf("bars", `${header.replaceAll(",", "\t")}\n`), /parted by tabs/);
  await assert.rejects(outcomesOf("bars", "AAPL,2015-09-30,1,1,1,1,1\n1,2,3,4\n"), /no column symbol/);
  await assert.rejects(outcomesOf("bars", "1443643200,1,1,1,1,1\n"), /has no header/);
});

test("a field of the user's map is not superseded by another name of a time", () => {
  const bars = ["symbol", "When", "start", "open", "high", "low", "close", "volume"];
  const plan = (names: string[], kind: "news" | "bars", map: string) => planColumns(names, kind, parseColumnMap(map));
  assert.deepEqual(plan(bars, "bars", "time=When").slice(1, 3), ["time", undefined]);
  assert.deepEqual(plan(["Stamp", "time", "endtime"], "bars", "timestamp=Stamp"), ["timestamp", undefined, undefined]);
  assert.deepEqual(plan(["Day", "Clock", "close_time"], "bars", "date=Day,time=Clock"), ["date", "time", undefined]);
  assert.deepEqual(plan(["id", "Day", "Clock", "created"], "news", "date=Day,time=Clock"), [
    "id",
    "date",
    "time",
    undefined,
  ]);
  // Whatever the user does not name is superseded as ever, also by what the user names.
  assert.deepEqual(plan(["Begin", "date", "time"], "bars", "open_time=Begin"), ["open_time", undefined, undefined]);
  assert.deepEqual(plan(["Main", "symbols"], "news", "symbol=Main"), ["symbol", undefined]);
});

const priced = (change: object): string =>
  JSON.stringify({ symbol: "AAPL", date: "2015-09-30", open: 1, high: 3, low: 1, close: 2, volume: 1, ...change });

test("JSON Lines: a key that the user names must be in one of the first objects, and no other name takes its place", async () => {
  const map = parseColumnMap("close=PX_LAST");
  await assert.rejects(outcomesOf("bars", priced({ px: 3 }), { map }), /no key "PX_LAST"/);
  await assert.rejects(outcomesOf("bars", "{}\n".repeat(500), { map }), /no key "PX_LAST"/);
  const some = [priced({}), priced({ date: "2015-09-29", PX_LAST: 3 })].join("\n");
  assert.deepEqual((await outcomesOf("bars", some, { map })).map(verdict), ["MISSING_FIELD", "accepted"]);
  assert.deepEqual((await outcomesOf("bars", '\n{"results":[{"c":1}]}', { map })).map(verdict), [
    "skipped",
    "MALFORMED_LINE",
  ]);
  for (const wrong of ["symbol=Tickr", "zone=Zoon"])
    await assert.rejects(outcomesOf("bars", priced({}), { map: parseColumnMap(wrong) }), /no key/);
  const header = "symbol,date,open,high,low,close,volume\n";
  await assert.rejects(outcomesOf("bars", header, { map: parseColumnMap("symbol=Tickr") }), /no column "Tickr"/);
});

test("one map for news and bars: a column of a field of both may be in one of the files alone", async () => {
  const map = parseColumnMap("date=Day,headline=Words");
  const bars = "symbol,Day,open,high,low,close,volume\nAAPL,2015-09-30,1,3,1,2,1\n";
  const news = (words: string): readonly string[] => [
    `id,published_at,symbols,${words}\n1,2015-09-30T10:00:00Z,AAPL,Up\n`,
    `${JSON.stringify({ id: "1", published_at: "2015-09-30T10:00:00Z", symbols: "AAPL", [words]: "Up" })}\n`,
  ];
  for (const text of news("Words")) {
    const mapOfTwo = new MapOfTwo();
    assert.equal((await outcomesOf("news", text, { map, mapOfTwo })).map(verdict).at(-1), "accepted");
    assert.throws(() => mapOfTwo.refuseAbsent(), /no file has a column "Day"/);
    assert.equal((await outcomesOf("bars", bars, { map, mapOfTwo })).map(verdict).at(-1), "accepted");
    mapOfTwo.refuseAbsent();
  }
  for (const text of news("headline"))
    await assert.rejects(outcomesOf("news", text, { map, mapOfTwo: new MapOfTwo() }), /no (column|key) "Words"/);
});

test("objects that hold lists say how to make lines of them", async () => {
  const reasons = async (text: string): Promise<string> => JSON.stringify(await outcomesOf("news", text));
  assert.match(await reasons('{"news":[{"id":1}],"next":"x"}'), /jq -c '\.news\[\]'/);
  assert.match(await reasons('{"c":[1,2],"t":[1,2]}'), /list of numbers/);
  assert.match(await reasons("{}\n[1]"), /jq -c '\.\[\]'/);
  assert.match(await reasons("{\n"), /jq -c \./);
});

// ---- splits and dividends

interface Day {
  readonly date: string;
  readonly open: number;
  readonly close: number;
  readonly split: number;
  readonly dividend: number;
  readonly volume: number;
}

const splitAt = 60;

/** 120 sessions as traded, with a 4:1 split and a dividend of 5 %. */
function days(): Day[] {
  const list: Day[] = [];
  let price = 200;
  for (let day = Date.UTC(2014, 0, 2); list.length < 120; day += 86_400_000) {
    const date = new Date(day).toISOString().slice(0, 10);
    if (nyse.session(date) === undefined) continue;
    const at = list.length;
    const before = price;
    const split = at === splitAt ? 4 : 1;
    const dividend = at === 90 ? before * 0.05 : 0;
    const open = ((before - dividend) / split) * (1 + 0.003 * Math.sin(at * 3));
    price = open * (1 + 0.01 * Math.sin(at * 1.7));
    list.push({ date, open, close: price, split, dividend, volume: at < splitAt ? 1000 : 4000 });
  }
  return list;
}

/** The factor of all that comes after each day: adj_close is the close divided by it. */
function factorsAfter(list: readonly Day[]): number[] {
  const factors = Array<number>(list.length).fill(1);
  for (let at = list.length - 2; at >= 0; at -= 1) {
    const [next, { close }] = [list[at + 1], list[at] ?? { close: NaN }];
    const factor = (next?.split ?? 1) * (close / (close - (next?.dividend ?? 0) * (next?.split ?? 1)));
    factors[at] = (factors[at + 1] ?? 1) * factor;
  }
  return factors;
}

type Columns = Readonly<Record<string, (day: Day, factor: number) => string | number>>;
const spellings: Readonly<Record<string, Columns>> = {
  ours: { split: ({ split }) => (split === 1 ? "" : split), dividend: ({ dividend }) => dividend || "" },
  yfinance: { Dividends: ({ dividend }) => dividend, "Stock Splits": ({ split }) => (split === 1 ? "0.0" : split) },
  "yfinance with Adj Close": {
    "Adj Close": ({ close }, factor) => close / factor,
    Dividends: ({ dividend }) => dividend,
    "Stock Splits": ({ split }) => (split === 1 ? "0.0" : split),
  },
  tiingo: {
    adjClose: ({ close }, factor) => (close / factor).toFixed(4),
    divCash: ({ dividend }) => dividend,
    splitFactor: ({ split }) => split.toFixed(1),
  },
  "alpha vantage": {
    adjusted_close: ({ close }, factor) => (close / factor).toFixed(4),
    dividend_amount: ({ dividend }) => dividend,
    split_coefficient: ({ split }) => split.toFixed(1),
  },
  "a ratio": { split_ratio: ({ split }) => (split === 1 ? "" : `${split}:1`), dividends: ({ dividend }) => dividend },
  "a ratio with a slash": { "Split Ratio": ({ split }) => `${split}/1`, "Ex-Dividend": ({ dividend }) => dividend },
  "in words": { splits: ({ split }) => `${split}-for-1`, cash_dividend: ({ dividend }) => dividend },
};

function fileOf(name: string, columns: Columns, prices: (day: Day, at: number) => Day = (day) => day): string {
  const list = days();
  const factors = factorsAfter(list);
  const lines = list.map((day, at) => {
    const { open, close, volume } = prices(day, at);
    const values = Object.values(columns).map((value) => value(day, factors[at] ?? NaN));
    const [high, low] = [Math.max(open, close), Math.min(open, close)];
    return ["X", day.date, open, high, low, close, volume, ...values].join(",");
  });
  const file = join(directory, `${name.replace(/\W/g, "-")}.csv`);
  writeFileSync(
    file,
    [["symbol,date,open,high,low,close,volume", ...Object.keys(columns)].join(","), ...lines].join("\n"),
  );
  return file;
}

async function featuresOf(barsFile: string, readBars: Partial<ReadOptions<"bars">> = {}): Promise<number[][]> {
  const [set] = featureSetsByName(["core"]);
  assert.ok(set);
  const out = `${barsFile}.features.csv`;
  const summary = await computeFeatureFile({ barsFile, symbols: anySymbol, set, out, readBars });
  assert.equal(summary.bars.rejected, 0, JSON.stringify(summary.bars.rejections));
  const [header = "", ...rows] = readFileSync(out, "utf8").trim().split("\n");
  const kept = header.split(",").flatMap((name, at) => (set.names.includes(name) ? [at] : []));
  assert.equal(kept.length, set.names.length);
  return rows.map((row) => kept.map((at) => Number(row.split(",")[at] || NaN)));
}

function assertClose(found: readonly number[][], expected: readonly number[][], name: string): void {
  assert.equal(found.length, expected.length, name);
  for (const [row, values] of expected.entries()) {
    for (const [at, value] of values.entries()) {
      const other = found[row]?.[at] ?? NaN;
      const isSame = Number.isNaN(value)
        ? Number.isNaN(other)
        : Math.abs(other - value) <= 1e-9 * Math.max(1, Math.abs(value));
      assert.ok(isSame, `${name}, vector ${row}, feature ${at}: ${other} instead of ${value}`);
    }
  }
}

test("a 4:1 split and a dividend of 5 % give the same features through each spelling", async () => {
  const expected = await featuresOf(fileOf("ours", spellings["ours"] ?? {}));
  assert.ok(expected.length > 80);
  for (const [name, columns] of Object.entries(spellings)) {
    assertClose(await featuresOf(fileOf(name, columns)), expected, name);
  }
});

test("adj_close alone gives them too, where the volume is in shares of today", async () => {
  const expected = await featuresOf(fileOf("ours", spellings["ours"] ?? {}));
  const today = (day: Day, at: number): Day => (at < splitAt ? { ...day, volume: day.volume * 4 } : day);
  for (const name of ["adj_close", "Adj. Close", "adjClose", "adjusted_close"]) {
    const file = fileOf(`only ${name}`, { [name]: ({ close }, factor) => close / factor }, today);
    assertClose(await featuresOf(file), expected, name);
  }
});

test("prices that are adjusted for splits: told by adj_close, by the user, or refused", async () => {
  const expected = await featuresOf(fileOf("ours", spellings["ours"] ?? {}));
  const splitAdjusted = (day: Day, at: number): Day =>
    at < splitAt ? { ...day, open: day.open / 4, close: day.close / 4, volume: day.volume * 4 } : day;
  const withWitness: Columns = {
    "Adj Close": ({ close }, factor) => close / factor,
    Dividends: ({ dividend }) => dividend,
    "Stock Splits": ({ split }) => (split === 1 ? 0 : split),
  };
  assertClose(await featuresOf(fileOf("yahoo", withWitness, splitAdjusted)), expected, "adj_close tells it");
  const withoutWitness = Object.entries(withWitness).filter(([name]) => name !== "Adj Close");
  const file = fileOf("yahoo-without", Object.fromEntries(withoutWitness), splitAdjusted);
  assertClose(await featuresOf(file, { adjusted: "splits" }), expected, "the user tells it");
  const outcomes = await outcomesOf("bars", readFileSync(file, "utf8"), { symbols: anySymbol });
  assert.deepEqual(outcomes.filter(({ outcome }) => outcome === "rejected").map(verdict), ["ADJUSTED_ALREADY"]);
});
