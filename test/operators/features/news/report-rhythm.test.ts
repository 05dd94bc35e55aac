import assert from "node:assert/strict";
import { test } from "node:test";
import { daysToReport, stepReport, usualGap } from "../../../../operators/features/news/report-rhythm.js";

const day = 86_400_000;
const start = Date.UTC(2014, 0, 1);

const never = { report: null, reportArticle: null, reportGap: usualGap };

/** After articles about results on these days, in this order. */
const after = (...days: readonly number[]) =>
  days.reduce<Parameters<typeof stepReport>[0]>(
    (known, at) => stepReport(known, { report: true }, start + at * day),
    never,
  );

const begun = (...days: readonly number[]): number | null => {
  const { report } = after(...days);
  return report === null ? null : (report - start) / day;
};

test("a report begins with the first of two articles about results within two days", () => {
  assert.equal(begun(10), null);
  assert.equal(begun(10, 12.5), null);
  assert.equal(begun(10, 11), 10);
  assert.equal(begun(10, 14, 15, 16), 14);
});

test("an article about something else changes nothing", () => {
  const known = after(10, 11);
  assert.deepEqual(stepReport(known, { report: false }, start + 200 * day), known);
});

test("the next report is at least 60 days after the last one began", () => {
  assert.equal(begun(0, 1, 30, 31, 59, 59.5), 0);
  assert.equal(begun(0, 1, 62, 63), 62);
});

test("the gap follows the intervals, whole reports that went by unseen taken out", () => {
  assert.equal(after(0, 1, 91, 92).reportGap, 91);
  assert.ok(Math.abs(after(0, 1, 98, 99).reportGap - (91 + 0.3 * 7)) < 1e-9);
  assert.equal(after(0, 1, 182, 183).reportGap, 91);
  assert.ok(Math.abs(after(0, 1, 188, 189).reportGap - (91 + 0.3 * 3)) < 1e-9);
  const yearly = Array.from({ length: 50 }, (_, index) => [index * 130, index * 130 + 1]).flat();
  assert.ok(after(...yearly).reportGap <= 120);
  const often = Array.from({ length: 50 }, (_, index) => [index * 61, index * 61 + 1]).flat();
  assert.ok(after(...often).reportGap >= 60);
});

test("an article that comes late belongs to the report of its days, and may move its beginning", () => {
  assert.equal(begun(10, 11, 9.5), 9.5);
  assert.equal(begun(11, 10), 10);
  assert.equal(begun(100, 101, 50), 100);
  assert.equal(after(100, 101, 50).reportArticle, start + 101 * day);
});

test("a report is expected a gap after the last, and when it does not come, after another", () => {
  assert.equal(daysToReport(0, 91), 91);
  assert.equal(daysToReport(91, 91), 0);
  assert.equal(daysToReport(100, 91), -9);
  assert.equal(daysToReport(106, 91), 76);
  assert.equal(daysToReport(3650, 91) < 91, true);
});
