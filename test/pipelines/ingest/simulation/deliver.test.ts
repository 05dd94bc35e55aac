import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readUniverse } from "../../../../pipelines/ingest/universe/index.js";
import { calendarByName } from "../../../../operators/calendar/calendars.js";
import type { Burst } from "../../../../pipelines/ingest/publisher.js";
import { readSorted } from "../../../../pipelines/ingest/sorted.js";
import { deliver, type Pace } from "../../../../pipelines/ingest/simulation/deliver.js";
import { drawCompanies } from "../../../../pipelines/ingest/simulation/companies.js";
import { listingsOf } from "../../../../pipelines/ingest/simulation/markets.js";
import { openFiles } from "../../../../pipelines/ingest/simulation/files.js";
import { simulateMinutes } from "../../../../pipelines/ingest/simulation/simulate.js";
import { UserError } from "../../../../pipelines/runtime/errors.js";

const step = 60_000;
const minutes = () => simulateMinutes({ symbols: 5, minutes: 4, newsPerMinute: 3, missing: 0 });

async function sent(pace: Pace, signal?: AbortSignal) {
  const bursts: Burst[] = [];
  const delivery = await deliver(minutes(), { pace, step, signal, send: async (burst) => void bursts.push(burst) });
  return { bursts, delivery };
}

test("each minute's bars are one burst, and every pace sends the same records in the same order", async () => {
  const all = [...minutes()];
  for (const pace of [
    { kind: "unpaced" },
    { kind: "burst-every", milliseconds: 5 },
    { kind: "rate", recordsPerSecond: 2_000 },
    { kind: "accelerated", factor: 6_000 },
  ] as const) {
    const { bursts, delivery } = await sent(pace);
    assert.deepEqual(
      bursts.flatMap(({ bars = [] }) => (bars.length > 0 ? [bars] : [])),
      all.map(({ bars }) => bars),
    );
    assert.deepEqual(
      bursts.flatMap(({ news = [] }) => news),
      all.flatMap(({ articles }) => articles),
    );
    assert.equal(delivery.bars, 20);
    assert.equal(delivery.minutes, 4);
    assert.equal(delivery.interrupted, false);
    assert.equal(delivery.lastTime, all[3]?.time);
  }
});

test("articles come before the bars of their minute", async () => {
  const { bursts } = await sent({ kind: "accelerated", factor: 6_000 });
  let known = 0;
  for (const { news = [], bars = [] } of bursts) {
    for (const { eventTime } of news) assert.ok(eventTime > known);
    known = bars[0]?.eventTime ?? known;
  }
});

test("an interruption ends it between two bursts, and what was sent is reported", async () => {
  const interrupt = new AbortController();
  const bursts: Burst[] = [];
  const delivery = await deliver(minutes(), {
    pace: { kind: "burst-every", milliseconds: 60_000 },
    step,
    signal: interrupt.signal,
    send: async (burst) => {
      bursts.push(burst);
      setImmediate(() => interrupt.abort());
    },
  });
  assert.deepEqual([delivery.interrupted, delivery.minutes, bursts.length], [true, 1, 1]);
});

test("what the sender throws ends it", async () => {
  const failing = deliver(minutes(), {
    pace: { kind: "unpaced" },
    step,
    send: () => Promise.reject(new Error("no broker")),
  });
  await assert.rejects(failing, /no broker/);
});

const listings = [
  { symbol: "7203", name: "Toyota, Motor", exchange: "XTKS" },
  { symbol: "VOD.L", name: 'The "Vodafone"', exchange: "XLON" },
  { symbol: "AAPL", exchange: "XNAS" },
  { symbol: "BRK.B" },
];

for (const [name, given] of [
  ["XNYS", []],
  ["XTKS", []],
  ["24/7", listings],
  ["XHKG", listings],
] as const)
  test(`files of ${name}${given.length > 0 ? " and others" : ""}: ingest reads from them the records that would have been published`, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), "newstape-simulate-"));
    t.after(() => rm(directory, { recursive: true }));
    const out = join(directory, "new");
    const calendar = calendarByName(name);
    const options = { symbols: 6, minutes: 400, newsPerMinute: 0.2, splitsPerYear: 200, listings: given, calendar };
    const written = listingsOf(drawCompanies("1", options.symbols, given), calendar);
    const files = await openFiles(out, written);
    const simulated = [...simulateMinutes({ ...options, origin: "backfill" })];
    await deliver(simulated, { pace: { kind: "unpaced" }, step, send: (burst) => files.publish(burst) });
    await files.close();
    const common = { now: Date.now, symbols: readUniverse(join(out, "universe.csv")) };
    const bars = await readSorted({ kind: "bars", input: join(out, "bars.csv"), ...common });
    const news = await readSorted({ kind: "news", input: join(out, "news.jsonl"), ...common });
    assert.equal(bars.summary.rejected + news.summary.rejected, 0);
    const sort = <Record extends { id: string }>(records: Record[]) => records.sort((a, b) => (a.id < b.id ? -1 : 1));
    assert.deepEqual(sort(bars.records), sort(simulated.flatMap((minute) => minute.bars)));
    assert.deepEqual(sort(news.records), sort(simulated.flatMap((minute) => minute.articles)));
    assert.equal(common.symbols.listings?.[1]?.name, written[1]?.name);
    await assert.rejects(
      openFiles(out, written),
      (error: Error) => error instanceof UserError && /exists already/.test(error.message),
    );
  });
