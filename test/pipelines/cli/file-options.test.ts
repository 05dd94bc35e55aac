/** What commands that read files say of what they refuse, and how they are told to read. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { nyse } from "../../../operators/calendar/nyse.js";
import { packageRoot } from "../../../schemas/files.js";
import { rejectCodes, rejectRemedies } from "../../../schemas/reject-codes.js";
import { newstape } from "../../helpers/cli.js";

const directory = mkdtempSync(join(tmpdir(), "newstape-files-"));
after(() => rmSync(directory, { recursive: true, force: true }));
const place = (name: string): string => join(directory, name);
const fixture = (name: string): string => join(packageRoot, "test/fixtures/cases", name);
const compute = (...parameters: string[]) =>
  newstape(process.env, [
    "features",
    "compute",
    "--symbols",
    "any",
    "--set",
    "core",
    "--sentiment",
    "vader",
    ...parameters,
  ]);

interface RefusedCode {
  readonly file: string;
  readonly code: string;
  readonly count: number;
  readonly first: readonly { readonly line: number; readonly reason: string }[];
  readonly remedy: string;
}

test("each code has one remedy", () => {
  assert.deepEqual(Object.keys(rejectRemedies).sort(), Object.keys(rejectCodes).sort());
});

test("a table of what was refused: code, count, first lines with their values, remedy; all of it in a file and in JSON", async () => {
  const rejects = place("rejects.jsonl");
  const bars = fixture("bars/B12-crypto-daily-weekend.csv");
  const { code, stderr } = await compute("--bars", bars, "--out", place("a.csv"), "--rejects", rejects);
  assert.equal(code, 3);
  assert.match(
    stderr,
    /B12-crypto-daily-weekend\.csv: 6 of 16 lines refused\n +EXCHANGE_CLOSED +6 +line 2: XNYS was closed on 2024-01-01 \(a date in America\/New_York\)\n/,
  );
  assert.match(stderr, / +line 7: .*\n +line 8: .*\n +…\n +→ Leave the bar out/);
  assert.ok(stderr.includes(`All of them are in ${rejects}.`));
  const lines = readFileSync(rejects, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { file: string; line: number; code: string; original: string });
  assert.deepEqual(
    lines.map(({ line }) => line),
    [2, 7, 8, 14, 15, 16],
  );
  assert.deepEqual([lines[0]?.file, lines[0]?.code], [bars, "EXCHANGE_CLOSED"]);
  assert.match(lines[0]?.original ?? "", /^BTC-USD,2024-01-01,/);
  const json = await compute("--bars", bars, "--out", place("b.csv"), "--json");
  const { refused } = JSON.parse(json.stdout) as { refused: RefusedCode[] };
  assert.deepEqual(
    refused.map(({ file, code, count, first, remedy }) => [file, code, count, first.length, remedy]),
    [[bars, "EXCHANGE_CLOSED", 6, 3, rejectRemedies.EXCHANGE_CLOSED]],
  );
});

test("columns that are not read are named once", async () => {
  const { code, stderr } = await compute("--bars", fixture("bars/S1-tiingo-split-70bars.csv"), "--out", place("c.csv"));
  assert.equal(code, 0, stderr);
  assert.equal(stderr.match(/not read: adjHigh, adjLow, adjOpen, adjVolume/g)?.length, 1);
});

test("an interval, a zone, the stamped end and columns of one's own", async () => {
  const parted = await compute(
    ...["--bars", fixture("bars/B45-date-and-time-columns.csv"), "--out", place("d.csv")],
    ...["--interval", "1min", "--zone", "exchange"],
  );
  assert.equal(parted.code, 0, parted.stderr);
  const hourly = fixture("bars/B07-yfinance-hourly-open-stamped.csv");
  const refused = await compute("--bars", hourly, "--out", place("e.csv"), "--interval", "1h");
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /STAMPED_AT_OPEN +7 +line 2: .*\n[^]*→ Add --stamped open/);
  assert.equal(
    (await compute("--bars", hourly, "--out", place("e.csv"), "--interval", "1h", "--stamped", "open")).code,
    0,
  );
  writeFileSync(place("own.csv"), "who,when,o,h,l,last,n\nAAPL,2015-09-30,1,1,1,1,5\n");
  const map = "symbol=who,date=when,close=last,volume=n";
  const own = await compute("--bars", place("own.csv"), "--out", place("f.csv"), "--map", map);
  assert.equal(own.code, 0, own.stderr);
});

test("one map for bars and news: a column meant for the bars need not be in the news", async () => {
  writeFileSync(place("day.csv"), "symbol,Day,open,high,low,close,volume\nAAPL,2015-09-30,1,1,1,1,5\n");
  writeFileSync(place("day-news.csv"), "id,published_at,symbols,headline\n1,2015-09-30T10:00:00Z,AAPL,Up\n");
  const files = ["--bars", place("day.csv"), "--news", place("day-news.csv"), "--out", place("h.csv")];
  const sound = await compute(...files, "--map", "date=Day");
  assert.equal(sound.code, 0, sound.stderr);
  const absent = await compute(...files, "--map", "date=Day,time=Clock");
  assert.equal(absent.code, 1);
  assert.match(absent.stderr, /--map time=Clock: no file has a column "Clock"/);
});

test("`leakcheck` says what it left out, and ends with 3", async () => {
  const sessions = Array.from({ length: 270 }, (_, day) =>
    new Date(Date.UTC(2015, 0, 2) + day * 86_400_000).toISOString().slice(0, 10),
  ).filter((day) => nyse.session(day) !== undefined);
  const prices = (symbol: string): string[] =>
    sessions.map(
      (day, at) => `${symbol},${day},${10 + (at % 7)},${11 + (at % 7)},${9 + (at % 7)},${10.5 + (at % 7)},100`,
    );
  const header = "symbol,Day,open,high,low,close,volume";
  writeFileSync(
    place("leak.csv"),
    [header, ...prices("AAPL"), ...prices("MSFT"), "AAPL,2015-09-27,1,1,1,1,1"].join("\n"),
  );
  writeFileSync(place("leak-news.csv"), "id,published_at,symbols,headline\n1,2015-09-15T10:00:00Z,AAPL,Up\n");
  const { code, stderr, stdout } = await newstape(process.env, [
    ...["leakcheck", "--bars", place("leak.csv"), "--news", place("leak-news.csv"), "--map", "date=Day"],
    ...["--cuts", "1", "--json", "--rejects", place("leak.jsonl")],
  ]);
  assert.equal(code, 3, stderr);
  const last = 2 * sessions.length + 2;
  assert.match(stderr, new RegExp(`EXCHANGE_CLOSED +1 +line ${last}: `));
  const { leaks, refused } = JSON.parse(stdout) as { leaks: unknown[]; refused: RefusedCode[] };
  assert.deepEqual([leaks.length, refused.map(({ code: of }) => of)], [0, ["EXCHANGE_CLOSED"]]);
  assert.match(readFileSync(place("leak.jsonl"), "utf8"), new RegExp(`"line":${last}`));
});

test("options that cannot be are refused before anything is read", async () => {
  for (const [parameters, message] of [
    [["--map", "x"], /is not like published_at=datetime/],
    [["--zone", "Mars/Olympus"], /is no time zone/],
    [["--interval", "1 month"], /is no interval/],
    [["--rejects", join(directory, "none", "x")], /rejects file cannot be written/],
  ] as const) {
    const { code, stderr } = await compute(
      "--bars",
      fixture("bars/B37-descending.csv"),
      "--out",
      place("g.csv"),
      ...parameters,
    );
    assert.equal(code, 1);
    assert.match(stderr, message);
  }
});

test("`ingest evaluate-tags` says what it left out, and ends with 3", async () => {
  const { code, stderr } = await newstape(process.env, [
    "ingest",
    "evaluate-tags",
    fixture("news/N19-symbol-lists.csv"),
  ]);
  assert.equal(code, 3);
  assert.match(stderr, /INVALID_FIELD +2 +line 6: .*\n +line 9: symbols "AAPL US" may be one symbol/);
});

test("`sentiment` judges encodings, counts lines and takes arrays as ingest does", async () => {
  const read = (file: string, ...parameters: string[]) =>
    newstape(process.env, ["sentiment", file, "--model", "vader", ...parameters]);
  const latin = await read(fixture("text/T01-latin1.txt"));
  assert.equal(latin.code, 3);
  assert.equal(latin.stdout, "");
  assert.match(latin.stderr, /MALFORMED_LINE +2 +line 1: the line is not valid UTF-8: iconv/);
  const quoted = await read(fixture("text/T07-crlf-bom.csv"), "--rejects", place("t.jsonl"));
  assert.equal(quoted.code, 3);
  const texts = quoted.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { line: number; text: string })
    .map(({ line, text }) => [line, text]);
  assert.deepEqual(texts, [
    [2, 'Apple "beats"\nestimates'],
    [5, "Apple misses"],
  ]);
  assert.match(quoted.stderr, /MISSING_FIELD +1 +line 4: its text is empty/);
  assert.match(readFileSync(place("t.jsonl"), "utf8"), /"line":4,"code":"MISSING_FIELD"/);
  writeFileSync(place("array.json"), JSON.stringify([{ text: "Shares rise" }, { headline: "Shares fall" }]));
  assert.equal((await read(place("array.json"))).stdout.trim().split("\n").length, 2);
  for (const [name, encoding, mark] of [
    ["marked.csv", "utf16le", "\uFEFF"],
    ["bare.csv", "utf16le", ""],
  ] as const) {
    writeFileSync(place(name), Buffer.from(`${mark}Headline\nShares rise\n`, encoding));
    assert.match((await read(place(name))).stderr, /is UTF-16, not UTF-8/);
  }
});
