/** Which end of a bar its time is, and where a bar ends, in markets that hardly close and in those that close at noon. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { ReadOptions } from "../../../pipelines/ingest/read.js";
import { readSorted } from "../../../pipelines/ingest/sorted.js";
import { anySymbol, readUniverse } from "../../../pipelines/ingest/universe/index.js";
import { outcomesOf } from "./helpers/lines-of.js";

const now = () => Date.parse("2024-06-01T00:00:00Z");
const prices = "1,1,1,1,1";
const hour = 3_600_000;

type Options = Partial<ReadOptions<"bars">>;

/** Each line's close, or the code of its refusal. */
async function ends(columns: string, lines: readonly string[], calendar: string, options: Options = {}) {
  const text = [`symbol,${columns},open,high,low,close,volume`, ...lines.map((line) => `X,${line},${prices}`)].join(
    "\n",
  );
  const outcomes = await outcomesOf("bars", text, { now, symbols: anySymbol, calendarOf: () => calendar, ...options });
  return outcomes.slice(1).map((outcome) => {
    if (outcome.outcome === "rejected") return outcome.rejection.code;
    return outcome.outcome === "accepted"
      ? new Date(outcome.record.eventTime).toISOString().slice(0, 16)
      : outcome.outcome;
  });
}

const end = async (column: string, time: string, interval: string, calendar: string, options: Options = {}) =>
  (await ends(column, [time], calendar, { interval, ...options }))[0];

const hours = (from: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => new Date(Date.parse(from) + at * hour).toISOString());

test("where sessions follow each other nothing tells which end a time is: it has to be said", async () => {
  for (const calendar of ["24/7", "24/5", "ALWAYS"]) {
    for (const from of ["2024-01-09T00:00:00Z", "2024-01-09T05:00:00Z"]) {
      const lines = hours(from, 30);
      const codes = await ends("time", lines, calendar, { interval: "1h" });
      assert.deepEqual(new Set(codes), new Set(["STAMPED_AT_OPEN"]), `${calendar} ${from}`);
      const closes = await ends("time", lines, calendar, { interval: "1h", stamped: "close" });
      assert.deepEqual(
        closes,
        lines.map((time) => time.slice(0, 16)),
      );
      const opens = await ends("time", lines, calendar, { interval: "1h", stamped: "open" });
      assert.equal(opens[0], new Date(Date.parse(from) + hour).toISOString().slice(0, 16));
    }
  }
  assert.equal(await end("close_time", "2024-01-09T05:00:00Z", "1h", "24/7"), "2024-01-09T05:00");
  assert.equal(await end("close_time", "2024-01-09T05:00:00Z", "1h", "24/7", { stamped: "open" }), "2024-01-09T05:00");
  assert.equal(await end("open_time", "2024-01-09T05:00:00Z", "1h", "24/7"), "2024-01-09T06:00");
});

test("the refusal says what to do", async () => {
  const text = `symbol,time,interval,open,high,low,close,volume\nX,2024-01-09T05:00:00Z,1h,${prices}`;
  const [, outcome] = await outcomesOf("bars", text, { now, symbols: anySymbol, calendarOf: () => "24/7" });
  assert.match(
    outcome?.outcome === "rejected" ? outcome.rejection.reason : "",
    /the calendar 24\/7 cannot tell, .*say --stamped open or --stamped close/,
  );
});

test("a midnight of a daily bar may be of two days where sessions meet, in whichever column it stands", async () => {
  const midnight = "2024-01-10T00:00:00Z";
  for (const column of ["time", "timestamp"]) {
    assert.equal(await end(column, midnight, "1d", "24/7"), "STAMPED_AT_OPEN", column);
    assert.equal(await end(column, midnight, "1d", "24/7", { stamped: "close" }), "2024-01-10T00:00");
    assert.equal(await end(column, midnight, "1d", "24/7", { stamped: "open" }), "2024-01-11T00:00");
    assert.equal(await end(column, "2024-01-10 00:00:00", "1d", "24/7"), "STAMPED_AT_OPEN");
    assert.equal(await end(column, "2024-01-10 00:00:00", "1d", "24/7", { stamped: "open" }), "2024-01-11T00:00");
    assert.equal(await end(column, "2024-01-10 09:00:00", "1d", "24/7", { zone: "+09:00" }), "STAMPED_AT_OPEN");
    // The week's end.
    assert.equal(await end(column, "2024-01-13T00:00:00Z", "1d", "24/5", { stamped: "close" }), "2024-01-13T00:00");
    assert.equal(await end(column, "2024-01-08T00:00:00Z", "1d", "24/5", { stamped: "open" }), "2024-01-09T00:00");
    assert.equal(await end(column, "2024-01-08T00:00:00Z", "1d", "24/5", { stamped: "close" }), "EXCHANGE_CLOSED");
  }
  assert.equal((await ends("date,time", ["2024-01-10,00:00"], "24/7", { interval: "1d" }))[0], "STAMPED_AT_OPEN");
  const open = await ends("date,time", ["2024-01-10,00:00"], "24/7", { interval: "1d", stamped: "open" });
  assert.equal(open[0], "2024-01-11T00:00");
  // A date is a day, and so is a midnight where the exchange is closed then.
  assert.equal(await end("date", "2024-01-10 00:00:00", "1d", "24/7"), "2024-01-11T00:00");
  assert.equal(await end("timestamp", midnight, "1d", "XNYS"), "2024-01-10T21:00");
  assert.equal(await end("open_time", midnight, "1d", "24/7"), "2024-01-11T00:00");
  assert.equal(await end("close_time", "2024-01-09T23:59:59.999Z", "1d", "24/7"), "2024-01-10T00:00");
});

test("the first bar of the week as the market opens: the bars are stamped at their open", async () => {
  const lines = hours("2024-01-08T00:00:00Z", 49);
  const text = ["symbol,time,interval,open,high,low,close,volume", ...lines.map((time) => `X,${time},1h,${prices}`)];
  const outcomes = await outcomesOf("bars", text.join("\n"), { now, symbols: anySymbol, calendarOf: () => "24/5" });
  const rejections = outcomes.flatMap((outcome) => (outcome.outcome === "rejected" ? [outcome.rejection] : []));
  assert.equal(rejections.length, 49);
  for (const { code, reason } of rejections) {
    assert.equal(code, "STAMPED_AT_OPEN");
    assert.match(reason, /first bar of X 1h on 2024-01-08 is of 2024-01-08T00:00:00.000Z, when trading begins/);
  }
});

test("a bar stamped at its open ends an interval later, though at most with the market", async () => {
  const cases = [
    // Midnight of a market that does not close, and of one that does.
    ["24/7", "2024-01-10T22:00:00Z", "4h", "2024-01-11T02:00"],
    ["24/7", "2024-01-08T00:00:00Z", "3d", "2024-01-11T00:00"],
    ["24/7", "2024-01-08T00:00:00Z", "7d", "2024-01-15T00:00"],
    ["24/5", "2024-01-11T22:00:00Z", "4h", "2024-01-12T02:00"],
    ["24/5", "2024-01-12T22:00:00Z", "4h", "2024-01-13T00:00"],
    ["24/5", "2024-01-08T00:00:00Z", "3d", "2024-01-11T00:00"],
    ["XNYS", "2024-01-10T20:30:00Z", "1h", "2024-01-10T21:00"],
    ["XNYS", "2024-01-10T13:00:00Z", "1h", "2024-01-10T14:00"],
    // Which of several sessions it ends with nobody said.
    ["24/5", "2024-01-10T00:00:00Z", "7d", "INVALID_TIME"],
    ["XNYS", "2024-01-08T14:30:00Z", "3d", "INVALID_TIME"],
    ["XNYS", "2024-01-08T05:00:00Z", "7d", "INVALID_TIME"],
    // The lunch break: 11:30 to 12:30 in Tokyo, 12:00 to 13:00 in Hong Kong.
    ["XTKS", "2024-01-10T02:00:00Z", "1h", "2024-01-10T02:30"],
    ["XTKS", "2024-01-10T01:30:00Z", "1h", "2024-01-10T02:30"],
    ["XTKS", "2024-01-10T03:30:00Z", "1h", "2024-01-10T04:30"],
    ["XTKS", "2024-01-10T05:30:00Z", "1h", "2024-01-10T06:00"],
    ["XHKG", "2024-01-10T03:30:00Z", "1h", "2024-01-10T04:00"],
    // It holds trades of the afternoon, and is not known before.
    ["XTKS", "2024-01-10T00:00:00Z", "4h", "2024-01-10T04:00"],
    ["XTKS", "2024-01-10T00:00:00Z", "24h", "2024-01-10T06:00"],
  ] as const;
  for (const [calendar, open, interval, close] of cases) {
    const message = `${calendar} ${open} ${interval}`;
    assert.equal(await end("open_time", open, interval, calendar), close, message);
    assert.equal(await end("time", open, interval, calendar, { stamped: "open" }), close, message);
  }
  assert.equal(await end("date", "2024-01-08", "7d", "XNYS"), "INVALID_FIELD", "a week is no day");
});

test("whose a former ticker was is asked for the bar's date at its exchange", async () => {
  const directory = mkdtempSync(join(tmpdir(), "newstape-rename-"));
  after(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, "universe.csv");
  writeFileSync(
    file,
    "symbol,exchange,formerly\nNEW,XNYS,FB until 2022-06-09\nNEW.T,XTKS,OLD.T until 2022-06-09\nNEW.C,24/7,OLD.C until 2022-06-09\n",
  );
  const symbols = readUniverse(file);
  const code = async (columns: string, line: string, options: Options = {}): Promise<string | undefined> => {
    const text = `symbol,${columns},open,high,low,close,volume\n${line},${prices}`;
    const { records, summary } = await readText(text, { symbols, now, ...options });
    return records[0]?.symbol ?? Object.keys(summary.rejectedByCode)[0];
  };
  let files = 0;
  const readText = async (text: string, options: Options) => {
    const input = join(directory, `${(files += 1)}.csv`);
    writeFileSync(input, text);
    return readSorted({ kind: "bars", input, now, ...options });
  };
  const cases: [string, string, string, Options?][] = [
    // Days, as they are written, also as a midnight anywhere.
    ["date", "FB,2022-06-08", "NEW"],
    ["date", "FB,2022-06-08 00:00:00", "NEW"],
    ["date", "FB,2022-06-08T00:00:00Z", "NEW"],
    ["date", "FB,2022-06-09", "UNKNOWN_SYMBOL"],
    ["date", "FB,2022-06-09 00:00:00", "UNKNOWN_SYMBOL"],
    ["date", "FB,2022-06-09T00:00:00Z", "UNKNOWN_SYMBOL"],
    ["timestamp,interval", "FB,2022-06-09T00:00:00Z,1d", "UNKNOWN_SYMBOL"],
    ["date", "OLD.T,2022-06-08T15:00:00Z", "UNKNOWN_SYMBOL"],
    // Moments: the evening in New York is tomorrow in London, the morning in Tokyo is today there.
    ["time,interval", "FB,2022-06-09T00:00:00Z,1m", "NEW"],
    ["time,interval", "OLD.T,2022-06-08T05:00:00Z,1m", "NEW.T"],
    ["time,interval", "OLD.T,2022-06-09T00:01:00Z,1m", "UNKNOWN_SYMBOL"],
    // The exchange's clock.
    ["time,interval", "OLD.T,2022-06-08 15:00:00,1m", "NEW.T", { zone: "exchange" }],
    ["time,interval", "OLD.T,2022-06-09 09:01:00,1m", "UNKNOWN_SYMBOL", { zone: "exchange" }],
    ["time,interval", "OLD.T,2022-06-09 00:01:00,1m", "UNKNOWN_SYMBOL", { zone: "UTC" }],
    ["time,interval", "OLD.T,2022-06-08 02:00:00,1m", "NEW.T", { zone: "UTC" }],
    ["date,time,interval", "OLD.T,2022-06-08,15:00,1m", "NEW.T", { zone: "exchange" }],
    // What ends at midnight is of the day that ends.
    ["close_time,interval", "OLD.C,2022-06-09T00:00:00Z,1h", "NEW.C"],
    ["open_time,close_time", `OLD.C,2022-06-08T23:00:00Z,2022-06-08T23:59:59.999Z`, "NEW.C"],
    ["open_time,interval", "OLD.C,2022-06-09T00:00:00Z,1h", "UNKNOWN_SYMBOL"],
    ["time,interval", "OLD.C,2022-06-09T00:00:00Z,1h", "NEW.C", { stamped: "close" }],
    ["time,interval", "OLD.C,2022-06-09T00:00:00Z,1h", "UNKNOWN_SYMBOL", { stamped: "open" }],
  ];
  for (const [columns, line, wanted, options] of cases) {
    assert.equal(await code(columns, line, options), wanted, `${columns}: ${line} ${JSON.stringify(options ?? {})}`);
  }
});
