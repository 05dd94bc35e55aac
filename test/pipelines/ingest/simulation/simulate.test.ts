import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { nyse } from "../../../../operators/calendar/nyse.js";
import { checkBar } from "../../../../operators/series/check-bar.js";
import type { SimulatedMinute } from "../../../../pipelines/ingest/simulation/minute.js";
import { simulateMinutes, type SimulationOptions } from "../../../../pipelines/ingest/simulation/simulate.js";
import type { Bar } from "../../../../schemas/generated/types.js";

const run = (options: Partial<SimulationOptions> = {}): SimulatedMinute[] => [
  ...simulateMinutes({ symbols: 20, minutes: 30, newsPerMinute: 2, ...options }),
];
const hashOf = (minutes: SimulatedMinute[]): string =>
  createHash("sha256").update(JSON.stringify(minutes, formerly)).digest("hex").slice(0, 16);
/** Without the field that bars have had since. */
const formerly = (name: string, value: unknown): unknown =>
  name === "calendar" || name === "confirmed" ? undefined : value;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};

test("the same seed gives the same records bit for bit, on any machine; another seed others", () => {
  assert.equal(hashOf(run()), hashOf(run()));
  assert.notEqual(hashOf(run()), hashOf(run({ seed: "2" })));
  // Kept from the first version: a change of it changes what benchmarks compare.
  assert.equal(hashOf(run()), "6b9edfd8221e4efe");
});

test("a symbol's path does not depend on how many others there are", () => {
  const of = (minutes: SimulatedMinute[]): Bar[] =>
    minutes.flatMap(({ bars }) => bars.filter((bar) => bar.symbol === "SIM00003"));
  assert.deepEqual(of(run({ symbols: 3, newsPerMinute: 0 })), of(run({ symbols: 50, newsPerMinute: 0 })));
});

test("every bar is sound, and lies in a session; ids are unique", () => {
  fc.assert(
    fc.property(
      fc.record({
        symbols: fc.integer({ min: 1, max: 12 }),
        minutes: fc.integer({ min: 0, max: 60 }),
        stepMinutes: fc.constantFrom(1, 5, 15, 30),
        seed: fc.string(),
        start: fc.integer({ min: Date.UTC(1995, 0), max: Date.UTC(2040, 0) }),
        newsPerMinute: fc.double({ min: 0, max: 5, noNaN: true }),
        splitsPerYear: fc.constantFrom(0, 100),
        missing: fc.constantFrom(0, 0.3),
      }),
      (options) => {
        const ids = new Set<string>();
        let last = options.start;
        const minutes = [...simulateMinutes(options)];
        assert.equal(minutes.length, options.minutes);
        for (const { time, bars, articles } of minutes) {
          assert.ok(time > last);
          const session = nyse.session(nyse.dateOf(time - 1));
          assert.ok(session !== undefined && time > session.open && time <= session.close);
          for (const bar of bars) {
            assert.equal(checkBar(bar), undefined);
            assert.equal(bar.eventTime, time);
            assert.equal(bar.availableAt, time);
            assert.ok(!ids.has(bar.id));
            ids.add(bar.id);
          }
          for (const { eventTime, id } of articles) {
            assert.ok(eventTime > time - options.stepMinutes * 60_000 && eventTime <= time);
            assert.ok(!ids.has(id));
            ids.add(id);
          }
          last = time;
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("half days end at one o'clock, and closed days are passed over", () => {
  // The Friday after Thanksgiving of 2015, then a weekend.
  const minutes = run({ symbols: 1, start: Date.parse("2015-11-27T00:00:00Z"), minutes: 211, missing: 0 });
  assert.equal(minutes[0]?.time, Date.parse("2015-11-27T14:31:00Z"));
  assert.equal(minutes[209]?.time, Date.parse("2015-11-27T18:00:00Z"));
  assert.equal(minutes[210]?.time, Date.parse("2015-11-30T14:31:00Z"));
});

const sessions = run({ symbols: 60, minutes: 390 * 15, newsPerMinute: 3, splitsPerYear: 3, missing: 0.02 });
const series = new Map<string, Bar[]>();
for (const { bars } of sessions)
  for (const bar of bars) (series.get(bar.symbol) ?? series.set(bar.symbol, []).get(bar.symbol))?.push(bar);
const minuteOf = (bar: Bar): number =>
  (bar.eventTime - (nyse.session(nyse.dateOf(bar.eventTime - 1))?.open ?? 0)) / 60_000;

test("volatility, fat tails, and more of both volume and movement at the open and the close", () => {
  const returns = new Map<number, number[]>();
  const volumes = new Map<number, number[]>();
  const inside: number[] = [];
  for (const bars of series.values()) {
    const usual = mean(bars.map(({ volume }) => volume));
    for (const bar of bars) {
      const half = Math.floor((minuteOf(bar) - 1) / 30);
      const move = Math.log(bar.close / bar.open);
      inside.push(move);
      (returns.get(half) ?? returns.set(half, []).get(half))?.push(move);
      (volumes.get(half) ?? volumes.set(half, []).get(half))?.push(bar.volume / usual);
    }
  }
  const annual = deviation(inside) * Math.sqrt(390 * 252);
  assert.ok(annual > 0.2 && annual < 0.6, `annual volatility ${annual}`);
  const kurtosis = mean(inside.map((value) => value ** 4)) / deviation(inside) ** 4;
  assert.ok(kurtosis > 5 && kurtosis < 60, `kurtosis ${kurtosis}`);
  const at = (map: Map<number, number[]>, half: number, of: (values: number[]) => number): number =>
    of(map.get(half) ?? []);
  assert.ok(at(volumes, 0, mean) > 1.8 * at(volumes, 6, mean));
  assert.ok(at(volumes, 12, mean) > 1.5 * at(volumes, 6, mean));
  assert.ok(at(returns, 0, deviation) > 1.4 * at(returns, 6, deviation));
});

test("symbols move together, by a common factor", () => {
  const byTime = sessions.map(({ bars }) => bars.map((bar) => Math.log(bar.close / bar.open)));
  const market = byTime.map(mean);
  const single = byTime.flat();
  // Independent symbols would leave a 60th of the variance in the mean.
  assert.ok(deviation(market) ** 2 > 4 * (deviation(single) ** 2 / 60));
});

test("the night has a gap, a split stands in its bar and is no return", () => {
  let splits = 0;
  const gaps: number[] = [];
  const raw: number[] = [];
  for (const bars of series.values()) {
    bars.forEach((bar, index) => {
      const before = bars[index - 1];
      if (before === undefined) return;
      const jump = Math.log((bar.open * bar.split) / before.close);
      if (bar.split !== 1) {
        splits += 1;
        raw.push(Math.abs(Math.log(bar.open / before.close)));
        assert.equal(minuteOf(bar), 1);
        assert.ok(Math.abs(jump) < 0.3);
      }
      if (minuteOf(bar) === 1) gaps.push(jump);
    });
  }
  assert.ok(splits > 0);
  assert.ok(Math.min(...raw) > 0.4);
  assert.ok(deviation(gaps) > 0.004 && deviation(gaps) < 0.03, String(deviation(gaps)));
});

test("about the wanted share of bars is missing, and so many articles come", () => {
  const bars = sessions.reduce((sum, minute) => sum + minute.bars.length, 0);
  const share = 1 - bars / (60 * sessions.length);
  assert.ok(share > 0.018 && share < 0.022, String(share));
  const articles = sessions.reduce((sum, minute) => sum + minute.articles.length, 0);
  assert.ok(Math.abs(articles / sessions.length - 3) < 0.1);
});

test("news leads prices, weakly: good news is followed by higher returns than bad news, in small part", () => {
  const following = { good: [] as number[], bad: [] as number[] };
  const places = new Map(
    [...series].map(([symbol, bars]) => [symbol, new Map(bars.map((bar, index) => [bar.eventTime, index]))]),
  );
  for (const { time, articles } of sessions) {
    for (const { headline, symbols } of articles) {
      const good = /beats|raises|upgrade|wins|buyback|surge|approve|bullish/.test(headline);
      const bad = /misses|cuts|downgrade|plunge|heavy losses|recalls|sued|terrible/.test(headline);
      if (good === bad) continue;
      for (const symbol of symbols) {
        const bars = series.get(symbol) ?? [];
        const index = places.get(symbol)?.get(time);
        const [now, later] = index === undefined ? [] : [bars[index], bars[index + 40]];
        if (now === undefined || later === undefined || minuteOf(later) < minuteOf(now)) continue;
        following[good ? "good" : "bad"].push(Math.log(later.close / now.close));
      }
    }
  }
  const difference = mean(following.good) - mean(following.bad);
  const error = Math.sqrt(
    deviation(following.good) ** 2 / following.good.length + deviation(following.bad) ** 2 / following.bad.length,
  );
  assert.ok(difference > 4 * error, `${difference} ± ${error}`);
  assert.ok(difference < deviation(following.good), "one article does not decide");
});

test("options that make no sense are refused with what they should be", () => {
  const refused = (options: Partial<SimulationOptions>, message: RegExp): void =>
    assert.throws(
      () => run(options),
      (error: Error) => error instanceof RangeError && message.test(error.message),
    );
  refused({ symbols: 0 }, /symbols/);
  refused({ minutes: -1 }, /minutes/);
  refused({ stepMinutes: 7 }, /divide 30/);
  refused({ missing: 1 }, /missing/);
  refused({ newsPerMinute: NaN }, /newsPerMinute/);
  refused({ start: 0.5 }, /start/);
  refused({ start: Date.UTC(2100, 0) }, /1990-01-01 to 2099-12-31/);
});

test("listings give the first companies their symbols and names", () => {
  const listings = [{ symbol: "0700.HK", name: "Tencent" }, { symbol: "BRK.B" }];
  const options = { symbols: 3, minutes: 60, missing: 0, newsPerMinute: 5 };
  const [plain, named] = [undefined, listings].map((given) => [...simulateMinutes({ ...options, listings: given })]);
  assert.deepEqual(
    named?.[0]?.bars.map(({ symbol }) => symbol),
    ["0700.HK", "BRK.B", "SIM00003"],
  );
  assert.equal(named[0]?.bars[2]?.close, plain?.[0]?.bars[2]?.close);
  assert.ok(named.some(({ articles }) => articles.some(({ headline }) => headline.includes("Tencent"))));
});
