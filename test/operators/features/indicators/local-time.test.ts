import assert from "node:assert/strict";
import { test } from "node:test";
import { localTime } from "../../../../operators/features/indicators/local-time.js";

const newYork = localTime("America/New_York");

test("16:00 in New York is two thirds of its day, in winter and in summer", () => {
  for (const utc of ["2015-01-14T21:00:00Z", "2015-07-15T20:00:00Z"]) {
    assert.deepEqual(newYork(Date.parse(utc)), { dayFraction: 16 / 24, weekFraction: 3 / 7 }, utc);
  }
});

test("the local day changes at local midnight", () => {
  assert.deepEqual(newYork(Date.parse("2015-01-15T04:59:59.999Z")).weekFraction, 3 / 7);
  assert.deepEqual(newYork(Date.parse("2015-01-15T05:00:00Z")), { dayFraction: 0, weekFraction: 4 / 7 });
});
