/** Which bars are held back, and what lets them in: by the rule itself, and by three stages that read the same bars. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { guardPrice, markOf, withMark, type PriceMark, type Verdict } from "../../../operators/series/price-guard.js";
import type { Bar, HeldBar } from "../../../schemas/generated/types.js";
import { bar, sessionCloses } from "../../helpers/records.js";

const closes = sessionCloses(60);
const day = 86_400_000;
const at = (place: number, close: number, fields: Partial<Bar> = {}): Bar =>
  bar({ eventTime: closes[place] ?? NaN, close, ...fields });

/** What becomes of each bar: t(aken), h(eld back), d(uplicate); a number: so many are taken at once. */
function judged(bars: readonly Bar[]): { readonly verdicts: string; readonly taken: Bar[] } {
  let marks: readonly PriceMark[] = [];
  let held: Readonly<HeldBar> | null = null;
  const taken: Bar[] = [];
  const verdicts = bars.map((next) => {
    const known = marks;
    const verdict: Verdict = guardPrice({ last: marks.at(-1), marks: () => known, held }, next);
    if (verdict.kind === "duplicate") return "d";
    ({ held } = verdict);
    if (verdict.kind === "hold") return "h";
    for (const one of verdict.bars) marks = withMark(marks, markOf(one, one.eventTime));
    taken.push(...verdict.bars);
    return verdict.bars.length === 1 ? "t" : String(verdict.bars.length);
  });
  return { verdicts: verdicts.join(""), taken };
}

void describe("a price that cannot be is held back", () => {
  const before = [at(0, 100), at(1, 101), at(2, 99)];
  const wrong: Record<string, Bar> = {
    "100 times": at(3, 10_000),
    "pence as pounds": at(3, 1),
    "a decimal shift up": at(3, 1000),
    "a decimal shift down": at(3, 10),
    "a decimal shift on a day of −15 %": at(3, 850),
    "a high alone": at(3, 100, { high: 10_100 }),
    "a low alone": at(3, 100, { low: 1 }),
    "an open alone": at(3, 100, { open: 9900, high: 9900 }),
    "an adjustment that is off": at(3, 100, { adjustment: 0.01 }),
    "a split that the price does not show": at(3, 100, { split: 20 }),
  };
  for (const [name, tick] of Object.entries(wrong)) {
    test(`${name}: alone it is let go, and its return is a duplicate while it waits`, () => {
      const { verdicts, taken } = judged([...before, tick, tick, at(4, 102), tick, at(5, 103)]);
      assert.equal(verdicts, "ttthdtht");
      assert.ok(!taken.includes(tick));
    });
  }
});

void describe("what markets do is taken", () => {
  const series: Record<string, Bar[]> = {
    "days of ±50 %": [100, 150, 75, 112, 56, 84, 42].map((close, place) => at(place, close)),
    "a reverse split that is told": [at(0, 0.5), at(1, 0.51), at(2, 12.6, { split: 1 / 25 }), at(3, 12.5)],
    "a split of 50:1 that is told": [at(0, 5000), at(1, 101, { split: 50 }), at(2, 100)],
    "a special dividend of nine tenths": [at(0, 100), at(1, 10.2, { dividendFactor: 10 }), at(2, 10)],
    "a penny share that sextuples": [at(0, 0.001), at(1, 0.006), at(2, 0.001), at(3, 0.0065)],
    "the first bar, whatever its range": [at(0, 100, { open: 5, low: 4, high: 300 }), at(1, 90)],
    "a fall of six sevenths within a day": [at(0, 100), at(1, 14, { open: 95, high: 99, low: 13 }), at(2, 15)],
    "ten times after four months": [at(0, 1), bar({ eventTime: (closes[0] ?? 0) + 120 * day, close: 10 })],
    "a hundred times after a year": [at(0, 1), bar({ eventTime: (closes[0] ?? 0) + 365 * day, close: 100 })],
  };
  for (const [name, bars] of Object.entries(series)) {
    test(name, () => assert.match(judged(bars).verdicts, /^t+$/));
  }
});

void describe("the next bar at the level lets both in", () => {
  test("in their order, the held one known from when the other was", () => {
    const moved = at(2, 10_000);
    const next = at(3, 9000, { availableAt: (closes[3] ?? 0) + 5 });
    const { verdicts, taken } = judged([at(0, 100), at(1, 101), moved, next, at(4, 9100)]);
    assert.equal(verdicts, "tth2t");
    assert.deepEqual(taken[2], { ...moved, availableAt: next.availableAt });
    assert.deepEqual(taken[3], next);
  });

  test("a crash whose day has both levels in its range", () => {
    const crash = at(2, 0.4, { open: 99, high: 99, low: 0.3 });
    assert.equal(judged([at(0, 100), at(1, 101), crash, at(3, 0.5), at(4, 0.45)]).verdicts, "tth2t");
  });

  test("a split that no bar tells", () => {
    assert.equal(judged([at(0, 100), at(1, 101), at(2, 5), at(3, 5.1), at(4, 5.2)]).verdicts, "tth2t");
  });

  test("one at a third level takes its place and lets none in", () => {
    const { verdicts, taken } = judged([at(0, 100), at(1, 10_000), at(2, 0.1), at(3, 101), at(4, 10_000)]);
    assert.equal(verdicts, "thhth");
    assert.deepEqual(
      taken.map(({ close }) => close),
      [100, 101],
    );
  });

  test("a low that is off in every bar is held back in every bar", () => {
    const low = (place: number): Bar => at(place, 100, { low: 1 });
    assert.equal(judged([at(0, 100), low(1), low(2), low(3), at(4, 100)]).verdicts, "thhht");
  });

  test("of one whose high is off besides, the level is taken and the bar is not", () => {
    const spike = at(1, 10_000, { high: 1_000_000 });
    const { verdicts, taken } = judged([at(0, 100), spike, at(2, 10_100), at(3, 10_000)]);
    assert.equal(verdicts, "thtt");
    assert.ok(!taken.includes(spike));
  });

  test("a bar that was missing, at the level, comes before the one that was held back", () => {
    const { verdicts, taken } = judged([at(0, 100), at(2, 10_000), at(1, 9900), at(3, 10_000)]);
    assert.equal(verdicts, "th2t");
    assert.deepEqual(
      taken.map(({ eventTime }) => closes.indexOf(eventTime)),
      [0, 1, 2, 3],
    );
  });
});

void describe("corrections", () => {
  test("of a held bar: taken when they are right, held back when they are not", () => {
    const tick = at(2, 10_000);
    const stillOff = at(2, 10_001);
    const right = at(2, 100);
    assert.equal(judged([at(0, 100), at(1, 101), tick, stillOff, right, at(3, 102)]).verdicts, "tthhtt");
  });

  test("another version of the same bar does not confirm it", () => {
    assert.equal(judged([at(0, 100), at(1, 10_000), at(1, 10_002), at(1, 10_004)]).verdicts, "thhh");
  });

  test("that put a wrong price in place of a right one, or a right one in place of a wrong one", () => {
    assert.equal(
      judged([at(0, 100), at(1, 101), at(2, 102), at(1, 10_100), at(3, 100)]).verdicts,
      "ttthtt".slice(0, 5),
    );
    // The first bar is taken as it is; what follows it is confirmed by the one after, and then it is corrected.
    const first = [at(0, 10_000), at(1, 100), at(2, 101), at(0, 99)];
    assert.equal(judged(first).verdicts, "th2t");
    assert.equal(judged([at(0, 10_000), at(0, 100), at(1, 101)]).verdicts, "ttt");
  });

  test("of what lies before the last five bars are the series' to refuse", () => {
    const bars = [0, 1, 2, 3, 4, 5, 6].map((place) => at(place, 100 + place));
    assert.equal(judged([...bars, at(0, 10_000)]).verdicts, "tttttttt");
  });
});

test("what somebody has confirmed is taken, and the next bars are compared with it", () => {
  const tick = at(2, 10_000);
  const { verdicts } = judged([at(0, 100), at(1, 101), tick, { ...tick, confirmed: true }, at(3, 10_100)]);
  assert.equal(verdicts, "tthtt");
  assert.equal(judged([at(0, 100), tick, at(3, 101), { ...tick, confirmed: true }, at(4, 100)]).verdicts, "thttt");
});

test("the reason names the price, what it is compared with and what to do", () => {
  const [mark] = [markOf(at(0, 100), closes[0] ?? NaN)];
  assert.ok(mark);
  const reasonOf = (of: Bar): string => {
    const verdict = guardPrice({ last: mark, marks: () => [mark], held: null }, of);
    return verdict.kind === "hold" ? verdict.rejection.reason : "";
  };
  assert.match(
    reasonOf(at(1, 10_000)),
    /^close 10000 is 100 times the close of 20\d\d-\d\d-\d\dT.*replay this reject$/,
  );
  assert.match(reasonOf(at(1, 1)), /^close 1 is 1\/100 of the close of/);
  assert.match(reasonOf(at(1, 100, { low: 1 })), /^low 1 is 1\/100 of/);
});
