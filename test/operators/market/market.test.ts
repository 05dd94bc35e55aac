import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { keptSections, memberBuckets } from "../../../operators/market/members.js";
import type { Bar, MarketContext, MarketState } from "../../../schemas/generated/types.js";
import { packageRoot } from "../../../schemas/files.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { bar, services, sessionCloses } from "../../helpers/records.js";
import { contextsOf, kinds, run, sliceBars } from "./events.js";

const [first = 0, second = 0, third = 0, fourth = 0] = sessionCloses(4);
const at = (symbol: string, eventTime: number, close: number, fields: Partial<Bar> = {}): Bar =>
  bar({ symbol, eventTime, close, ...fields });
const symbols = ["A", "B", "C"];
/** One section of the three symbols, whose closes are given. */
const section = (eventTime: number, ...closes: number[]): Bar[] =>
  closes.map((close, index) => at(symbols[index] ?? "", eventTime, close));
const near = (actual: number, expected: number, message?: string): void =>
  assert.ok(Math.abs(actual - expected) <= 1e-13 + 1e-12 * Math.abs(expected), message ?? `${actual} ≈ ${expected}`);

interface Expected extends Pick<
  MarketContext,
  | "symbols"
  | "breadth"
  | "meanReturn"
  | "dispersion"
  | "rangeVolatility"
  | "medianReturn"
  | "winsorisedReturn"
  | "medianDeviation"
> {
  readonly date: string;
  readonly quantiles: number[];
}

function oracle(): Expected[] {
  const [, ...lines] = readFileSync(join(packageRoot, "test/fixtures/market/expected.csv"), "utf8").trim().split("\n");
  return lines.map((line) => {
    const [date = "", ...cells] = line.split(",");
    const [count = NaN, breadth = NaN, meanReturn = NaN, dispersion = NaN, rangeVolatility = NaN, ...others] =
      cells.map(Number);
    const quantiles = others.slice(0, 21);
    const [medianReturn = NaN, winsorisedReturn = NaN, medianDeviation = NaN] = others.slice(21);
    const robust = { medianReturn, winsorisedReturn, medianDeviation };
    return { date, symbols: count, breadth, meanReturn, dispersion, rangeVolatility, quantiles, ...robust };
  });
}

/** The last word on each time. */
const latest = (contexts: readonly MarketContext[]): Map<number, MarketContext> =>
  new Map(contexts.map((context) => [context.eventTime, context]));

function assertOracle(contexts: readonly MarketContext[]): void {
  const published = latest(contexts);
  const expected = oracle().slice(0, -1);
  assert.ok(expected.length > 55);
  for (const { date, ...wanted } of expected) {
    const found = published.get(services.calendar.session(date)?.close ?? NaN);
    assert.ok(found, `${date} is published`);
    for (const name of [
      "symbols",
      "breadth",
      "meanReturn",
      "dispersion",
      "rangeVolatility",
      "medianReturn",
      "winsorisedReturn",
      "medianDeviation",
    ] as const)
      near(found[name] ?? NaN, wanted[name] ?? NaN, `${date} ${name}: ${found[name]}, numpy ${wanted[name]}`);
    assert.equal(found.quantiles.length, 21);
    found.quantiles.forEach((value, index) => near(value, wanted.quantiles[index] ?? NaN, `${date} q${index * 5}`));
  }
}

test("real cross-sections are those of numpy and scipy", () => {
  assertOracle(contextsOf(run(sliceBars("2012-09-04", "2015-03-31"))));
});

test("a live split and a dividend change no return", () => {
  const split = services.calendar.session("2015-02-10")?.close ?? NaN;
  const scaled = sliceBars("2012-09-04", "2015-03-31").map((of) => {
    if (of.symbol === "AAPL") {
      // As traded: four times the price before the day of a 4:1 split.
      const factor = of.eventTime < split ? 4 : 1;
      const { open, high, low, close } = of;
      const prices = { open: open * factor, high: high * factor, low: low * factor, close: close * factor };
      return bar({ ...of, ...prices, split: of.eventTime === split ? 4 : 1 });
    }
    // As if prices were not adjusted for a dividend of 2 % until that day.
    if (of.symbol === "KO" && of.eventTime < split) return bar({ ...of, adjustment: of.adjustment / 0.98 });
    return of.symbol === "KO" && of.eventTime === split ? bar({ ...of, dividendFactor: 1 / 0.98 }) : of;
  });
  assertOracle(contextsOf(run(scaled)));
});

test("a section is published when as many symbols reported as before, on the bar that completes it", () => {
  const outcomes = run([...section(first, 10, 10, 10), ...section(second, 11, 9, 10)]);
  assert.deepEqual(kinds(outcomes), ["absorb", "absorb", "absorb", "absorb", "absorb", "emit"]);
  const [context] = contextsOf(outcomes);
  assert.equal(context?.eventTime, second);
  assert.equal(context?.asOf, second);
  assert.equal(context?.sequence, 1);
  assert.equal(context?.symbols, 3);
  assert.equal(context?.breadth, 0);
  near(context?.meanReturn ?? NaN, (Math.log(1.1) + Math.log(0.9)) / 3);
  near(context?.quantiles[10] ?? NaN, 0);
});

test("a section that stays incomplete is published at the first bar of a later one, which is no part of it", () => {
  const late = at("A", third, 33, { availableAt: third + 5, origin: "live" });
  const outcomes = run([...section(first, 10, 10, 10), ...section(second, 11, 9).reverse(), late]);
  assert.deepEqual(kinds(outcomes), ["absorb", "absorb", "absorb", "absorb", "absorb", "emit"]);
  const [context, ...others] = contextsOf(outcomes);
  assert.deepEqual(others, []);
  assert.equal(context?.eventTime, second);
  assert.equal(context?.asOf, second);
  assert.equal(context?.origin, "live", "it was published because of a live bar");
  assert.equal(context?.symbols, 2);
  near(context?.quantiles[20] ?? NaN, Math.log(1.1));
});

test("a single symbol has no dispersion, and one bar that completes its own section publishes both", () => {
  const outcomes = run([at("A", first, 10), at("A", second, 11), at("A", third, 12)]);
  assert.deepEqual(kinds(outcomes), ["absorb", "emit", "emit"]);
  for (const context of contextsOf(outcomes)) {
    assert.equal(context.symbols, 1);
    assert.equal(context.dispersion, 0);
    assert.deepEqual(new Set(context.quantiles), new Set([context.meanReturn]));
  }
  const both = run([
    ...section(first, 10, 10),
    at("A", second, 11),
    at("A", third, 12),
    at("A", fourth, 13, { availableAt: fourth }),
  ]);
  assert.deepEqual(
    both.map((outcome) => (outcome.kind === "emit" ? outcome.records.map(({ record }) => record.eventTime) : [])),
    [[], [], [], [second, third], [fourth]],
  );
});

test("what comes after the record is published once more, when the next section begins", () => {
  const before = [...section(first, 10, 10, 10), ...section(second, 11, 9, 10)];
  const changes = {
    correction: at("B", second, 12),
    "new listing": at("D", second, 50, { high: 60 }),
  };
  for (const [what, change] of Object.entries(changes)) {
    const outcomes = run([...before, change, change, at("A", third, 10)]);
    assert.deepEqual(kinds(outcomes).slice(5), ["emit", "absorb", "duplicate", "emit"], what);
    const [, again] = contextsOf(outcomes);
    assert.equal(again?.eventTime, second);
    assert.equal(again?.sequence, 2);
    assert.equal(again?.breadth, what === "correction" ? 2 / 3 : 0);
  }
  const unchanged = run([...before, at("A", second, 11), at("A", third, 10)]);
  assert.deepEqual(kinds(unchanged).slice(5), ["emit", "duplicate", "absorb"]);
});

test("asOf never goes back, even where a bar of an earlier time was available later", () => {
  const contexts = contextsOf(
    run([...section(first, 10, 10, 10), at("A", second, 11, { availableAt: third + 9 }), ...section(third, 12, 9)]),
  );
  assert.deepEqual(
    contexts.map(({ eventTime, asOf, symbols: count }) => [eventTime, asOf, count]),
    [
      [second, third + 9, 1],
      [third, third + 9, 1],
    ],
    "the close that the second return starts from was known then",
  );
});

test("a bar older than the section is what the symbol's next return starts from, and changes no section", () => {
  const state = new MemoryState<MarketState>();
  const outcomes = run(
    [
      ...section(first, 10, 10, 10),
      ...section(second, 11, 9),
      at("A", third, 10),
      at("C", second, 20),
      at("A", second, 50),
      at("NEW", second, 500),
      at("C", third, 22),
    ],
    state,
  );
  assert.deepEqual(kinds(outcomes).slice(5), ["emit", "absorb", "absorb", "absorb", "emit"]);
  const context = contextsOf(outcomes).at(-1);
  assert.equal(context?.eventTime, third);
  near(context?.quantiles[20] ?? NaN, Math.log(22 / 20));
  near(context?.quantiles[0] ?? NaN, Math.log(10 / 11));
});

test("a bar that is held back counts as reported: the section is published without its return, and not later", () => {
  const outcomes = run([...section(first, 10, 10, 10), ...section(second, 11, 9, 1000), ...section(third, 11, 9, 10)]);
  assert.deepEqual(kinds(outcomes).slice(5), ["reject", "absorb", "absorb", "emit"]);
  const held = outcomes[5];
  assert.ok(held?.kind === "reject" && held.code === "PRICE_OUT_OF_LINE");
  const context = held.records?.[0]?.record;
  assert.equal(context?.symbols, 2);
  assert.equal(context.eventTime, second);
  near(context.quantiles[20] ?? NaN, Math.log(1.1));
  near(contextsOf(outcomes).at(-1)?.symbols ?? NaN, 3);
});

test("its correction is part of the section, and is counted once", () => {
  const outcomes = run([
    ...section(first, 10, 10, 10),
    at("A", second, 1000),
    at("A", second, 11),
    at("B", second, 9),
    at("C", second, 10),
    at("A", third, 11),
  ]);
  assert.deepEqual(kinds(outcomes).slice(3), ["reject", "absorb", "absorb", "emit", "absorb"]);
  assert.equal(contextsOf(outcomes)[0]?.symbols, 3);
});

test("a held bar that is let in is part of its section, said once more, and what the next return starts from", () => {
  const outcomes = run([
    ...section(first, 10, 10),
    ...section(second, 1000, 10),
    ...section(third, 1010, 10),
    ...section(fourth, 1020, 10),
  ]);
  const contexts = contextsOf(outcomes);
  assert.deepEqual(
    contexts.map(({ eventTime, symbols: count }) => [eventTime, count]),
    [
      [second, 1],
      // Its level has moved, and that is no return.
      [second, 1],
      [third, 2],
      [fourth, 2],
    ],
  );
  assert.equal(contexts[1]?.asOf, third, "known from the bar that let it in");
  near(contexts[2]?.quantiles[20] ?? NaN, Math.log(1010 / 1000));
});

test("a correction of the split itself replaces it", () => {
  const crash = at("A", second, 50);
  const outcomes = run([
    ...section(first, 100, 100),
    crash,
    at("B", second, 100),
    at("A", second, 50, { split: 2 }),
    at("B", third, 100),
    at("A", third, 50),
  ]);
  const returns = contextsOf(outcomes).map(({ quantiles }) => quantiles[0] ?? NaN);
  assert.equal(returns.length, 3);
  [Math.log(0.5), 0, 0].forEach((wanted, index) => near(returns[index] ?? NaN, wanted));
});

test("intervals do not mix", () => {
  const minute = (symbol: string, eventTime: number, close: number): Bar =>
    at(symbol, eventTime, close, { interval: "1m" });
  const contexts = contextsOf(
    run([
      ...section(first, 10, 10),
      minute("A", second - 60_000, 20),
      minute("B", second - 60_000, 20),
      ...section(second, 11, 11),
      minute("A", second, 19),
      minute("B", second, 19),
    ]),
  );
  assert.deepEqual(
    contexts.map(({ interval, sequence, breadth }) => [interval, sequence, breadth]),
    [
      ["1d", 1, 1],
      ["1m", 1, -1],
    ],
  );
});

test("a symbol that is not seen for 30 sections leaves, and its return does not span them", () => {
  const times = sessionCloses(keptSections + 3);
  for (const silent of [keptSections - 1, keptSections]) {
    const bars = times.flatMap((time, index) => [
      ...Array.from({ length: 200 }, (_, symbol) => at(`S${symbol}`, time, 100 + index)),
      ...(index === 0 || index === silent + 1 ? [at("GONE", time, 10)] : []),
    ]);
    const state = new MemoryState<MarketState>();
    const back = latest(contextsOf(run(bars.slice(0, (silent + 1) * 200 + 400), state)));
    const expected = silent === keptSections ? 200 : 201;
    assert.equal(back.get(times[silent + 1] ?? 0)?.symbols, expected, `${silent} sections of silence`);
  }
});

test("a burst of 5,000 symbols writes two records a bucket and the section", () => {
  const state = new MemoryState<MarketState>();
  const burst = (time: number): Bar[] =>
    Array.from({ length: 5000 }, (_, index) => at(`S${index}`, time, 10 + (index % 7)));
  run(burst(first), state);
  const outcomes = run(burst(second), state);
  assert.equal(kinds(outcomes).filter((kind) => kind === "emit").length, 1);
  assert.equal([...state.entries()].length, 2 * memberBuckets + 1);
  const sizes = [...state.entries()].map(([, { members }]) => members.length).filter((size) => size > 0);
  assert.equal(sizes.length, memberBuckets);
  assert.ok(Math.max(...sizes) < 2.5 * (5000 / memberBuckets), "the buckets are of about one size");
});
