/** Outcomes against returns that were worked out by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nextSessions, returnBetween } from "../../../operators/outcomes/next-session.js";
import type { Bar } from "../../../schemas/generated/types.js";
import { bar, fixtureBars, services, sessionCloses } from "../../helpers/records.js";
import { sliceBars } from "../market/events.js";

const closes = sessionCloses(6);
const series = (...fields: Partial<Bar>[]): Bar[] =>
  fields.map((own, index) => {
    const eventTime = closes[index] ?? NaN;
    return bar({ eventTime, availableAt: eventTime + 60_000 * index, ...own });
  });
const returns = (bars: readonly Bar[], interval = "1d"): (number | undefined)[] => {
  const next = nextSessions(bars, services.calendars);
  return closes.slice(0, 5).map((barTime) => next({ symbol: "TEST", interval, barTime })?.nextReturn);
};
const near = (found: number | undefined, expected: number, what: string): void => {
  assert.ok(found !== undefined && Math.abs(found - expected) < 1e-12, `${what}: ${found}, expected ${expected}`);
};

test("a split of 2:1 is no return: 100, then 50.05 after it, is +0.1 %, not −49.95 %", () => {
  const [first, second, third] = returns(series({ close: 100 }, { close: 50.05, split: 2 }, { close: 51.051 }));
  near(first, 0.001, "over the split");
  near(second, 0.02, "from the first bar after it: 51.051 / 50.05 − 1");
  assert.equal(third, undefined, "nothing came after the last");
});

test("a reverse split of 1:8 is no return", () => {
  near(returns(series({ close: 2 }, { close: 15.84, split: 1 / 8 }))[0], -0.01, "15.84 / 8 / 2 − 1");
});

test("a dividend counts as kept: 100, then 98.5 without the 2 that were paid", () => {
  // Close before / (close before − dividend) = 100 / 98; 98.5 × 100 / 98 / 100 − 1 = 0.5 / 98.
  const [first, second] = returns(series({ close: 100 }, { close: 98.5, dividendFactor: 100 / 98 }, { close: 98.5 }));
  near(first, 0.5 / 98, "over the dividend");
  near(second, 0, "after it");
});

test("a split and a dividend with one bar, beside adjusted prices", () => {
  // (30 × 0.5 × 3 × 90/89) / (90 × 0.5) − 1 = 90/89 − 1.
  const bars = series(
    { close: 90, adjustment: 0.5 },
    { close: 30, adjustment: 0.5, split: 3, dividendFactor: 90 / 89 },
  );
  near(returns(bars)[0], 90 / 89 - 1, "both at once");
});

test("without splits and dividends in bars it is the plain return of adjusted prices, to the bit", () => {
  const bars = fixtureBars("AAPL");
  const next = nextSessions(bars, services.calendars);
  let compared = 0;
  for (const [index, after] of bars.entries()) {
    const before = bars[index - 1];
    if (!before || services.calendar.nextClose(before.eventTime) !== after.eventTime) continue;
    const expected = (after.close * after.adjustment) / (before.close * before.adjustment) - 1;
    const { symbol, interval, eventTime } = before;
    assert.deepEqual(next({ symbol, interval, barTime: eventTime }), {
      nextTime: after.eventTime,
      nextReturn: expected,
    });
    compared += 1;
  }
  assert.ok(compared > 200);
});

test("only the very next session counts, and the last version of a bar, whenever it came", () => {
  const [first, second, third, , fifth] = series({ close: 100 }, { close: 110 }, { close: 121 }, {}, { close: 100 });
  assert.ok(first && second && third && fifth);
  const corrected = { ...second, low: 105, close: 105, availableAt: third.availableAt + 1 };
  const [one, two, other, none] = returns([first, third, fifth, second, corrected]);
  near(one, 0.05, "to the corrected close");
  near(two, 121 / 105 - 1, "from the corrected close");
  assert.deepEqual([other, none], [undefined, undefined], "the fourth session is missing");
});

test("series do not mix, and a bar that operators refuse does not count", () => {
  const daily = series({ close: 100 }, { close: 101 });
  const minutes = daily.map((record) => ({ ...record, interval: "1m", close: record.close * 2 }));
  const broken = { ...(daily[1] as Bar), close: 0, low: 0 };
  near(returns([...daily, ...minutes, broken])[0], 0.01, "of the daily bars");
  assert.equal(
    nextSessions(daily, services.calendars)({ symbol: "NONE", interval: "1d", barTime: closes[0] ?? 0 }),
    undefined,
  );
  near(returnBetween(daily[0] as Bar, daily[1] as Bar), 0.01, "of two bars");
});

test("a tick of 100 times has no label on either side, wherever it is, and no other label is another", () => {
  const prices = [100, 101, 102, 103, 104, 105];
  const clean = returns(series(...prices.map((close) => ({ close }))));
  for (const by of [100, 0.01]) {
    for (const place of prices.keys()) {
      const bars = series(...prices.map((close, index) => ({ close: index === place ? close * by : close })));
      const expected = clean.map((label, index) => (index === place || index === place - 1 ? undefined : label));
      assert.deepEqual(returns(bars), expected, `${by} times at ${place}`);
      // Its correction brings them back, a session later.
      const right = bar({ ...(bars[place] as Bar), close: prices[place] ?? NaN, low: 99, open: 100, high: 106 });
      if (place > 0) assert.deepEqual(returns(bars.toSpliced(place + 2, 0, right)), clean, `corrected at ${place}`);
    }
  }
});

test("what comes too late for the operators, or by a calendar that is not known, is no label", () => {
  const bars = series({ close: 100 }, { close: 101 }, { close: 102 }, { close: 103 }, { close: 104 }, { close: 105 });
  const clean = returns(bars);
  const late = bar({ ...(bars[0] as Bar), open: 10_000, high: 10_000, low: 10_000, close: 10_000 });
  assert.deepEqual(returns([...bars, late]), clean, "more than five bars ago");
  const unknown = bar({ ...(bars[3] as Bar), close: 102.5, calendar: "XNONE" });
  assert.deepEqual(returns([...bars, unknown]), clean, "no operator takes it");
});

test("a bar that is held back for its high alone has no label either", () => {
  const bars = series({ close: 100 }, { close: 101 }, { close: 102, high: 10_200 }, { close: 103 }, { close: 104 });
  assert.deepEqual(returns(bars).slice(1, 3), [undefined, undefined]);
  near(returns(bars)[3], 104 / 103 - 1, "after it");
});

test("a level that has moved is no label, and the ones at it have theirs", () => {
  const [first, over, after] = returns(series({ close: 100 }, { close: 101 }, { close: 1020 }, { close: 1030.2 }));
  near(first, 0.01, "before");
  assert.equal(over, undefined);
  near(after, 0.01, "after");
});

test("the labels of the bundled history are those of its plain series", () => {
  const bars = sliceBars("2012-09-04", "2015-09-30");
  const next = nextSessions(bars, services.calendars);
  const before = new Map<string, Bar>();
  let compared = 0;
  for (const after of bars) {
    const { symbol, interval, eventTime: nextTime } = after;
    const of = before.get(symbol);
    before.set(symbol, after);
    if (!of || services.calendar.nextClose(of.eventTime) !== nextTime) continue;
    const nextReturn = returnBetween(of, after);
    assert.deepEqual(next({ symbol, interval, barTime: of.eventTime }), { nextTime, nextReturn });
    compared += 1;
  }
  assert.ok(compared > 60_000);
});
