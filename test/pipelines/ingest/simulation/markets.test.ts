/** A universe of several exchanges: each symbol has the sessions of its own. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { calendarByName } from "../../../../operators/calendar/calendars.js";
import { tradedParts } from "../../../../operators/calendar/calendar.js";
import type { SimulatedMinute } from "../../../../pipelines/ingest/simulation/minute.js";
import { simulateMinutes } from "../../../../pipelines/ingest/simulation/simulate.js";
import type { Bar } from "../../../../schemas/generated/types.js";

const listings = [
  { symbol: "RELIANCE", exchange: "XBOM" },
  { symbol: "AAPL", exchange: "XNAS" },
  { symbol: "VOD", exchange: "XLON" },
  { symbol: "7203", exchange: "XTKS" },
  { symbol: "IBM" },
  { symbol: "BTC-USD", exchange: "24/7" },
  { symbol: "0700.HK", exchange: "XHKG" },
];
const calendars = ["XBOM", "XNYS", "XLON", "XTKS", "XNYS", "24/7", "XHKG"];
const options = { symbols: 7, minutes: 40, stepMinutes: 30, missing: 0, newsPerMinute: 0.3, listings };
const minutes = [...simulateMinutes(options)];
const barsOf = (all: readonly SimulatedMinute[], symbol: string): Bar[] =>
  all.flatMap(({ bars }) => bars.filter((bar) => bar.symbol === symbol));

test("each symbol has so many bars, in the sessions of its exchange alone, under its calendar", () => {
  for (const [index, { symbol }] of listings.entries()) {
    const calendar = calendarByName(calendars[index] ?? "");
    const bars = barsOf(minutes, symbol);
    assert.equal(bars.length, options.minutes, symbol);
    for (const bar of bars) {
      assert.equal(bar.calendar, calendar.name);
      const session = calendar.session(calendar.dateOf(bar.eventTime - 1));
      const isTraded =
        session && tradedParts(session).some(({ start, end }) => bar.eventTime > start && bar.eventTime <= end);
      assert.ok(isTraded, `${symbol} ${new Date(bar.eventTime).toISOString()}`);
    }
  }
});

test("all are in the order of time, each moment once, its bars in the order of the symbols", () => {
  const places = new Map(listings.map(({ symbol }, index) => [symbol, index]));
  let last = 0;
  let articles = 0;
  const ids = new Set<string>();
  for (const minute of minutes) {
    assert.ok(minute.time > last);
    for (const { eventTime, id, symbols } of minute.articles) {
      assert.ok(eventTime > last && eventTime <= minute.time);
      assert.equal(new Set(symbols.map((symbol) => calendars[places.get(symbol) ?? -1])).size, 1);
      ids.add(id);
      articles += 1;
    }
    const order = minute.bars.map(({ symbol }) => places.get(symbol) ?? -1);
    assert.deepEqual(
      order,
      [...order].sort((one, other) => one - other),
    );
    last = minute.time;
  }
  assert.equal(ids.size, articles);
  assert.ok(articles > 100);
});

test("a market does not depend on the others, and none is another's shifted in time", () => {
  const quiet = { ...options, newsPerMinute: 0 };
  const tokyo = barsOf([...simulateMinutes(quiet)], "7203");
  const alone = {
    ...quiet,
    symbols: 4,
    listings: [{ symbol: "A" }, { symbol: "B" }, { symbol: "C" }, listings[3] ?? { symbol: "" }],
  };
  assert.deepEqual(barsOf([...simulateMinutes(alone)], "7203"), tokyo);
  // By 80 symbols the factor of each market shows: that of the 60 bars of one is not that of the other.
  const many = Array.from({ length: 160 }, (_, index) => ({
    symbol: `S${index}`,
    exchange: index % 2 ? "XLON" : "XETR",
  }));
  const both = [
    ...simulateMinutes({ symbols: 160, minutes: 60, missing: 0, listings: many, start: Date.UTC(2016, 0, 4) }),
  ];
  const factor = (odd: number): number[] =>
    both.map(({ bars }) => {
      const of = bars.filter(({ symbol }) => Number(symbol.slice(1)) % 2 === odd);
      return of.reduce((sum, bar) => sum + Math.log(bar.close / bar.open) / of.length, 0);
    });
  const [one, other] = [factor(0), factor(1)];
  const product = (a: number[], b: number[]): number =>
    a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  assert.ok(Math.abs(product(one, other)) < 0.5 * Math.sqrt(product(one, one) * product(other, other)));
});

test("exchanges of one calendar are one market, and the calendar of the options is that of listings without", () => {
  const us = [{ symbol: "A" }, { symbol: "B", exchange: "XNAS" }, { symbol: "C", exchange: "XNYS" }];
  const plain = us.map(({ symbol }) => ({ symbol }));
  const run = (given: typeof plain) => [
    ...simulateMinutes({ symbols: 3, minutes: 20, newsPerMinute: 2, listings: given }),
  ];
  assert.deepEqual(run(us), run(plain));
  const calendar = calendarByName("XTKS");
  const bars = [...simulateMinutes({ symbols: 3, minutes: 5, missing: 0, listings: us, calendar })];
  assert.deepEqual(
    us.map(({ symbol }) => barsOf(bars, symbol)[0]?.calendar),
    ["XTKS", "XNYS", "XNYS"],
  );
});

test("an exchange without a calendar is refused", () => {
  assert.throws(
    () => [...simulateMinutes({ symbols: 1, minutes: 1, listings: [{ symbol: "A", exchange: "XXXX" }] })],
    /XXXX/,
  );
});
