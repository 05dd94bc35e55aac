import assert from "node:assert/strict";
import { test } from "node:test";
import { findCalendar } from "../../../../operators/calendar/calendars.js";
import { calendarFindings } from "../../../../pipelines/operations/doctor/calendars.js";

const found = (inUse: readonly string[], now: string) =>
  calendarFindings(inUse, Date.parse(now), findCalendar).map(({ severity, summary, fix }) => [
    severity,
    summary,
    !!fix,
  ]);

test("a calendar in use is warned of a year before its end", () => {
  const all = ["24/5", "24/7", "ALWAYS", "XHKG", "XLON", "XNYS", "XSHG", "XTKS"];
  assert.deepEqual(found(all, "2025-12-30T00:00Z"), []);
  const says = "the calendar XSHG is known from 2000-01-01 to 2026-12-31, and it is in use";
  assert.deepEqual(found(all, "2026-01-02T00:00Z"), [["warning", says, true]]);
  assert.deepEqual(found(all, "2027-01-02T00:00Z"), [["error", says, true]]);
  assert.deepEqual(found(["XNYS"], "2027-01-02T00:00Z"), []);
});

test("one that this build does not know is an error", () => {
  const says = "bars of the calendar XSTO have landed, and no calendar is named so here";
  assert.deepEqual(found(["XSTO"], "2025-01-02T00:00Z"), [["error", says, true]]);
});
