/** What a file says only as a whole: which end of a bar its time is, and in which order its records stand. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { nyse } from "../../../operators/calendar/nyse.js";
import { ingestFile, type IngestOptions } from "../../../pipelines/ingest/ingest.js";
import { limits } from "../../../pipelines/ingest/limits.js";
import type { IngestKind } from "../../../pipelines/ingest/outcome.js";
import { readSorted } from "../../../pipelines/ingest/sorted.js";
import { anySymbol } from "../../../pipelines/ingest/universe/index.js";
import { article, clock } from "./helpers/lines-of.js";

const directory = mkdtempSync(join(tmpdir(), "newstape-survey-"));
after(() => rmSync(directory, { recursive: true, force: true }));
const minute = 60_000;

let files = 0;
function fileOf(header: string, lines: readonly string[]): string {
  const file = join(directory, `${(files += 1)}.csv`);
  writeFileSync(file, [header, ...lines].join("\n"));
  return file;
}

interface Span {
  readonly date: string;
  /** Minutes after the open of the first and the last bar. */
  readonly from: number;
  readonly to: number;
}

/** Bars of some symbols, minute by minute. */
function minutes(spans: readonly Span[], symbols: readonly string[] = ["X"]): string[] {
  return spans.flatMap(({ date, from, to }) => {
    const open = nyse.session(date)?.open ?? NaN;
    return Array.from({ length: to - from + 1 }, (_, at) =>
      symbols.map((symbol) => `${symbol},${new Date(open + (from + at) * minute).toISOString()},1,1,1,1,1`),
    ).flat();
  });
}

const header = "symbol,time,open,high,low,close,volume";

async function read(lines: readonly string[], options = {}) {
  const { summary, records } = await readSorted({
    kind: "bars",
    input: fileOf(header, lines),
    now: () => clock,
    symbols: anySymbol,
    interval: "1m",
    ...options,
  });
  return { records, summary, codes: JSON.stringify(summary.rejectedByCode) };
}

const full = { from: 0, to: 389 };
const closeStamped = { from: 1, to: 390 };
const all = (codes: string, lines: number): void => assert.equal(codes, `{"STAMPED_AT_OPEN":${lines}}`);

test("a first bar as the session opens: every bar of the file is refused, or ends a minute later", async () => {
  const lines = minutes([{ date: "2015-09-28", ...full }]);
  all((await read(lines)).codes, 390);
  const { records, codes } = await read(lines, { stamped: "open" });
  assert.equal(codes, "{}");
  const session = nyse.session("2015-09-28");
  assert.deepEqual([records[0]?.eventTime, records.at(-1)?.eventTime], [(session?.open ?? 0) + minute, session?.close]);
});

test("the first lines cannot tell: the file begins at noon, behind a day of daily bars, or with a symbol that is seldom traded", async () => {
  const noon = minutes([
    { date: "2015-09-28", from: 150, to: 389 },
    { date: "2015-09-29", ...full },
  ]);
  all((await read(noon)).codes, noon.length);
  const seldom = [
    ...minutes([{ date: "2015-09-28", from: 50, to: 60 }], ["RARE"]),
    ...minutes([{ date: "2015-09-28", ...full }]),
  ];
  all((await read(seldom)).codes, seldom.length);
  const daily = fileOf(`${header},interval,date`, [
    ...["2015-09-24", "2015-09-25"].map((date) => `X,,1,1,1,1,1,1d,${date}`),
    ...minutes([{ date: "2015-09-28", ...full }]).map((line) => `${line},1m,`),
  ]);
  const { summary } = await readSorted({ kind: "bars", input: daily, now: () => clock, symbols: anySymbol });
  assert.equal(JSON.stringify(summary.rejectedByCode), '{"STAMPED_AT_OPEN":390}');
  assert.equal(summary.accepted, 2);
});

test("evidence behind all the lines that are held is found by reading ahead", async () => {
  const symbols = Array.from({ length: 400 }, (_, at) => `S${at}`);
  const lines = [
    ...minutes([{ date: "2015-09-28", from: 60, to: 200 }], symbols),
    ...minutes([{ date: "2015-09-29", ...full }]),
  ];
  assert.ok(lines.length > limits.linesSurveyed);
  all((await read(lines)).codes, lines.length);
});

test("a last bar that is missing at the close tells it where no bar is at one", async () => {
  const short = { date: "2015-09-28", from: 100, to: 389 };
  const twoDays = minutes([short, { ...short, date: "2015-09-29" }]);
  const threeSeries = minutes([short], ["X", "Y", "Z"]);
  for (const lines of [twoDays, threeSeries]) {
    all((await read(lines)).codes, lines.length);
    assert.equal((await read(lines, { stamped: "close" })).codes, "{}");
  }
  // A short file may well lack its last bar.
  const once = await read(minutes([short]));
  assert.equal(once.codes, "{}");
  assert.match(once.summary.remarks.join(), /no bar ends with the session: .*if times are those of the open, add/);
  assert.equal((await read(minutes([short], ["X", "Y"]))).codes, "{}");
  // The day still goes on.
  const now = (nyse.session("2015-09-28")?.close ?? 0) - minute;
  assert.equal((await read(threeSeries, { now: () => now })).codes, "{}");
});

test("bars stamped at their close are taken, whatever is missing", async () => {
  const files = [
    [{ date: "2015-09-28", ...closeStamped }],
    [{ date: "2015-09-28", from: 30, to: 390 }],
    [{ date: "2015-09-28", from: 1, to: 200 }],
    // The second symbol's last bar is missing, the first one's is there.
    [
      { date: "2015-09-28", from: 1, to: 389 },
      { date: "2015-09-29", ...closeStamped },
    ],
    // Trading before the session: a bar may well end as it opens.
    [{ date: "2015-09-28", from: -60, to: 390 }],
    // Half a day.
    [{ date: "2014-11-28", from: 1, to: 210 }],
  ];
  for (const spans of files) assert.equal((await read(minutes(spans))).codes, "{}", JSON.stringify(spans));
});

test("electronic trading begins at 4:00 in New York: a bar of then is stamped at its open", async () => {
  const lines = minutes([{ date: "2015-09-28", from: -330, to: 30 }]);
  all((await read(lines)).codes, lines.length);
});

test("a time of day at midnight is no day's bar where other lines have times of day", async () => {
  const bars = Array.from({ length: 4 }, (_, hour) => `X,2015-09-28 0${hour}:00:00,1,1,1,1,1`);
  const input = fileOf(header.replace("time", "date"), bars);
  const { summary } = await readSorted({ kind: "bars", input, now: () => clock, symbols: anySymbol });
  assert.equal(JSON.stringify(summary.rejectedByCode), '{"MISSING_FIELD":4}');
});

// ---- order

const days = ["2015-09-28", "2015-09-29", "2015-09-30"];
const daily = (list: readonly string[], symbols = ["X"]): string[] =>
  list.flatMap((date) => symbols.map((symbol) => `${symbol},${date},1,1,1,1,1`));
const dailyHeader = header.replace("time", "date");

async function ingest<Kind extends IngestKind>(kind: Kind, input: string, options: Partial<IngestOptions<Kind>> = {}) {
  return ingestFile({
    kind,
    input,
    origin: "backfill",
    now: () => clock,
    symbols: anySymbol,
    send: async () => undefined,
    ...options,
  });
}

test("ingest refuses bars that begin with the newest as a whole, however the symbols are mixed", async () => {
  const files = [
    daily(days.toReversed()),
    daily(days.toReversed(), ["X", "Y", "Z"]),
    [...daily(days.toReversed(), ["X"]), ...daily(days.toReversed(), ["Y"])],
    // Days newest first, the minutes of each day oldest first.
  ];
  for (const lines of files) {
    for (const origin of ["live", "backfill"] as const) {
      let sent = 0;
      const send = async (): Promise<void> => void (sent += 1);
      const input = fileOf(dailyHeader, lines);
      await assert.rejects(ingest("bars", input, { origin, send }), /begins with the newest record: line 2 is of/);
      assert.equal(sent, 0);
    }
  }
  const blocks = minutes(days.toReversed().map((date) => ({ date, from: 1, to: 390 })));
  await assert.rejects(ingest("bars", fileOf(header, blocks), { interval: "1m" }), /begins with the newest record/);
});

test("one series that begins with the newest is enough, wherever it stands; a single step back is no order", async () => {
  const mixed = [...daily(days, ["X"]), ...daily(days.toReversed(), ["Y"])];
  const orders = [mixed, mixed.toReversed(), [...mixed, ...daily(days, ["Z"])]];
  for (const lines of orders) {
    const input = fileOf(dailyHeader, lines);
    await assert.rejects(
      ingest("bars", input),
      /a symbol of .* begins with the newest record: line \d is of 2015-09-30T/,
    );
    const { records, summary } = await readSorted({ kind: "bars", input, now: () => clock, symbols: anySymbol });
    assert.equal(records.length, lines.length);
    assert.equal(JSON.stringify(summary.rejectedByCode), "{}");
  }
  const corrected = [...daily(days, ["X"]), ...daily(days.slice(0, 2).toReversed(), ["Y"])];
  assert.equal((await ingest("bars", fileOf(dailyHeader, corrected))).accepted, 5);
});

test("behind many lines of one symbol another one is still looked at", async () => {
  const first = Array.from({ length: limits.linesSurveyed }, (_, at) => at).flatMap((at) => {
    const time = new Date(Date.parse("1971-01-04T00:00:00Z") + at * 3_600_000).toISOString();
    return `X,${time},1,1,1,1,1`;
  });
  const second = [3, 2, 1].map((at) => `Y,2000-01-0${at}T12:00:00Z,1,1,1,1,1`);
  const options = { interval: "1h", stamped: "close", calendarOf: () => "24/7" } as const;
  await assert.rejects(ingest("bars", fileOf(header, [...first, ...second]), options), /a symbol of .* begins with/);
});

test("a long file is looked through once, and sorted if it begins with the newest", async () => {
  const symbols = Array.from({ length: limits.linesSurveyed / 4 }, (_, at) => `S${at}`);
  const sixDays = ["2015-09-23", "2015-09-24", "2015-09-25", ...days];
  const lines = daily(sixDays.toReversed(), symbols).map((line, at) => `${line},${at < symbols.length * 5 ? 0.5 : 0}`);
  const input = fileOf(`${dailyHeader},dividend`, lines);
  const { records, summary } = await readSorted({ kind: "bars", input, now: () => clock, symbols: anySymbol });
  assert.equal(JSON.stringify(summary.rejectedByCode), "{}");
  assert.equal(records.length, lines.length);
});

test("bars in order are ingested, and so are news of any order that are known from their arrival on", async () => {
  const summary = await ingest("bars", fileOf(dailyHeader, daily(days, ["X", "Y"])));
  assert.equal(summary.accepted, 6);
  const file = join(directory, "news.jsonl");
  const lines = days.toReversed().map((date, at) => article({ id: String(at), published_at: `${date}T12:00:00Z` }));
  writeFileSync(file, lines.join("\n"));
  assert.equal((await ingest("news", file, { origin: "live" })).accepted, 3);
  await assert.rejects(ingest("news", file), /begins with the newest record/);
});

test("a history that begins with the newest gives the same records once it is sorted, dividends included", async () => {
  const lines = days.map((date, at) => `X,${date},100,100,100,100,1,,${at === 1 ? 2 : 0}`);
  const read = async (list: readonly string[]) =>
    readSorted({
      kind: "bars",
      input: fileOf(`${dailyHeader},split,dividend`, list),
      now: () => clock,
      symbols: anySymbol,
    });
  const [forwards, backwards] = [await read(lines), await read(lines.toReversed())];
  assert.equal(forwards.records[1]?.dividendFactor, 100 / 98);
  assert.deepEqual(backwards.records, forwards.records);
  assert.deepEqual(backwards.summary, forwards.summary);
});
