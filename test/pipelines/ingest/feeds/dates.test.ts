import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseFeedDate } from "../../../../pipelines/ingest/feeds/dates.js";

test("dates as feeds write them", () => {
  const cases: Record<string, string | undefined> = {
    "Wed, 30 Sep 2015 20:00:00 GMT": "2015-09-30T20:00:00.000Z",
    "Wed, 30 Sep 2015 16:00:00 EDT": "2015-09-30T20:00:00.000Z",
    "Wed, 30 Sep 2015 16:00:00 -0400": "2015-09-30T20:00:00.000Z",
    "Wed, 30 Sep 2015 16:00:00 -04:00 (EDT)": "2015-09-30T20:00:00.000Z",
    "30 September 15 20:00 +0000": "2015-09-30T20:00:00.000Z",
    "Wednesday, 30-Sep-15 20:00:00 UTC": "2015-09-30T20:00:00.000Z",
    "30 Sep 2015": "2015-09-30T00:00:00.000Z",
    "Wed, 30 Sep 2015 20:00:00": "2015-09-30T20:00:00.000Z",
    "2015-09-30T20:00:00+05:30": "2015-09-30T14:30:00.000Z",
    "2015-09-30T20:00:00.5Z": "2015-09-30T20:00:00.500Z",
    "2015-09-30 20:00:00": "2015-09-30T20:00:00.000Z",
    "2015-09-30": "2015-09-30T00:00:00.000Z",
    " Thu, 1 Jan 1970 00:00:60 GMT ": "1970-01-01T00:00:59.000Z",
    "Mon, 30 Feb 2015 20:00:00 GMT": undefined,
    "Wed, 30 Sep 2015 25:00:00 GMT": undefined,
    "Wed, 30 Sep 2015 20:00:00 XYZ": undefined,
    yesterday: undefined,
    "2015": undefined,
    "": undefined,
  };
  for (const [text, wanted] of Object.entries(cases)) {
    const parsed = parseFeedDate(text);
    assert.equal(parsed === undefined ? undefined : new Date(parsed).toISOString(), wanted, text);
  }
});

test("property: no text crashes it or takes long; what is read is a moment", () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom("Wed, ", "30 ", "Sep ", "2015", " 20:00", "-", "(", "+0000", "T", "Z"),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const parsed = parseFeedDate(pieces.join(""));
      assert.ok(parsed === undefined || Number.isSafeInteger(parsed));
    }),
  );
});

test("property: what toUTCString and toISOString write is read back", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date("2099-12-31"), noInvalidDate: true }), (date) => {
      assert.equal(parseFeedDate(date.toISOString()), date.getTime());
      assert.equal(parseFeedDate(date.toUTCString()), Math.floor(date.getTime() / 1000) * 1000);
    }),
  );
});
