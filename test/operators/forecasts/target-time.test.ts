import assert from "node:assert/strict";
import { test } from "node:test";
import { targetTime } from "../../../operators/forecasts/target-time.js";
import { services } from "../../helpers/records.js";

const at = (text: string): number => Date.parse(text);
const target = (interval: string, barTime: string, asOf = barTime): string => {
  const found = targetTime(services.calendar, interval, at(barTime), at(asOf));
  return `${new Date(found.targetTime).toISOString()} ${found.horizon}`;
};

test("a daily bar's forecast is about the close of the next session", () => {
  assert.equal(target("1d", "2015-01-05T21:00:00Z"), "2015-01-06T21:00:00.000Z 1");
  // Friday → Monday; the day before a half day; over a holiday
  assert.equal(target("1d", "2015-01-09T21:00:00Z", "2015-01-11T12:00:00Z"), "2015-01-12T21:00:00.000Z 1");
  assert.equal(target("1d", "2014-12-23T21:00:00Z"), "2014-12-24T18:00:00.000Z 1");
  assert.equal(target("1d", "2014-12-24T18:00:00Z"), "2014-12-26T21:00:00.000Z 1");
  assert.equal(target("5d", "2015-01-05T21:00:00Z"), "2015-01-12T21:00:00.000Z 1");
});

test("a forecast is never about the past: the horizon grows while bars are missing", () => {
  assert.equal(target("1d", "2015-01-05T21:00:00Z", "2015-01-06T20:59:59Z"), "2015-01-06T21:00:00.000Z 1");
  assert.equal(target("1d", "2015-01-05T21:00:00Z", "2015-01-06T21:00:00Z"), "2015-01-07T21:00:00.000Z 2");
  assert.equal(target("1d", "2014-01-06T21:00:00Z", "2015-01-06T22:00:00Z"), "2015-01-07T21:00:00.000Z 22");
});

test("shorter bars keep to the session's grid", () => {
  assert.equal(target("1m", "2015-01-05T15:00:00Z"), "2015-01-05T15:01:00.000Z 1");
  assert.equal(target("1m", "2015-01-05T15:00:00Z", "2015-01-05T15:02:30Z"), "2015-01-05T15:03:00.000Z 3");
  // The last hour from 20:30 is cut off by the close; after it comes the next session's first.
  assert.equal(target("1h", "2015-01-05T20:30:00Z"), "2015-01-05T21:00:00.000Z 1");
  assert.equal(target("1h", "2015-01-05T21:00:00Z"), "2015-01-06T15:30:00.000Z 1");
  assert.equal(target("5m", "2015-01-09T21:00:00Z", "2015-01-10T12:00:00Z"), "2015-01-12T14:35:00.000Z 1");
});
