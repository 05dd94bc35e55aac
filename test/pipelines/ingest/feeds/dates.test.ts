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

test("other zones, clocks, calendars and languages; what leaves the day open is not read", () => {
  const cases: Record<string, string | undefined> = {
    "mar., 3 nov. 2026 16:00": "2026-11-03T16:00:00.000Z",
    "Mar 3, 2026 4pm": "2026-03-03T16:00:00.000Z",
    "lundi 2 novembre 2026 à 16h30": "2026-11-02T16:30:00.000Z",
    "Montag, 2. November 2026 16:00 Uhr": "2026-11-02T16:00:00.000Z",
    "2 de noviembre de 2026, 16:00": "2026-11-02T16:00:00.000Z",
    "Seg, 02 Nov 2026 16:00:00 -0300": "2026-11-02T19:00:00.000Z",
    "Пн, 02 ноя 2026 16:00:00 +0300": "2026-11-02T13:00:00.000Z",
    "2026年11月2日 下午4:00": "2026-11-02T16:00:00.000Z",
    "2026년 11월 2일 오후 4:00": "2026-11-02T16:00:00.000Z",
    "2026. november 2. 16:00": "2026-11-02T16:00:00.000Z",
    "02 listopada 2026 16:00": undefined,
    "۱۴۰۵/۰۸/۱۱ 16:00": undefined,
    "2026-W45-1T16:00:00Z": "2026-11-02T16:00:00.000Z",
    "2026W451T160000Z": "2026-11-02T16:00:00.000Z",
    "2026-306T16:00Z": "2026-11-02T16:00:00.000Z",
    "2026-366": undefined,
    "2026306": "2026-11-02T00:00:00.000Z",
    "2026-11-02T16:00:00,5+0530": "2026-11-02T10:30:00.500Z",
    "2026-11-02T16Z": "2026-11-02T16:00:00.000Z",
    "20261102160000": "2026-11-02T16:00:00.000Z",
    "1793635200": "2026-11-02T16:00:00.000Z",
    "1793635200.5": "2026-11-02T16:00:00.500Z",
    "1793635200000": "2026-11-02T16:00:00.000Z",
    "1793635200000000": "2026-11-02T16:00:00.000Z",
    "Mon, 02 Nov 2026 24:00:00 GMT": "2026-11-03T00:00:00.000Z",
    "Mon Nov 02 2026 16:00:00 GMT+0100 (Central European Standard Time)": "2026-11-02T15:00:00.000Z",
    "Mon, 02 Nov 2026 16:00:00 (EST)": "2026-11-02T21:00:00.000Z",
    "Mon, 02 Nov 2026 16:00:00 MST-07:00": "2026-11-02T23:00:00.000Z",
    "Mon, 02 Nov 2026 12:30 am EST": "2026-11-02T05:30:00.000Z",
    "Mon, 02 Nov 2026 12:30 p.m. EST": "2026-11-02T17:30:00.000Z",
    "Mon, 02 Nov 2026 16:00:00 ET": "2026-11-02T21:00:00.000Z",
    "Mon, 03 Aug 2026 16:00:00 ET": "2026-08-03T20:00:00.000Z",
    "Mon, 02 Nov 2026 16:00:00 CT": "2026-11-02T22:00:00.000Z",
    "Mon, 02 Nov 2026 16:00:00 Europe/Berlin": "2026-11-02T15:00:00.000Z",
    "Mon, 02 Nov 2026 16:00:00 Etc/GMT+5": "2026-11-02T21:00:00.000Z",
    "Mon, 02 Nov 2026 16:00:00 UTC+2": "2026-11-02T14:00:00.000Z",
    "Mon, 02 Nov 2026 16:00:00 -700": "2026-11-02T23:00:00.000Z",
    "Mon, 02 Nov 2026 16:00:00 +2500": undefined,
    "Mon Nov 2 16:00:00 EST 2026": "2026-11-02T21:00:00.000Z",
    "16:00 02.11.2026 -0700": "2026-11-02T23:00:00.000Z",
    "02.11.2026, 16:00": "2026-11-02T16:00:00.000Z",
    "13/11/2026": "2026-11-13T00:00:00.000Z",
    "11/13/2026 10:00": "2026-11-13T10:00:00.000Z",
    "02/11/2026 16:00": undefined,
    "Mon, 02/11/2026 16:00": "2026-11-02T16:00:00.000Z",
    "Mon, 11/02/2026 16:00": "2026-11-02T16:00:00.000Z",
    "11/02/2026 4:00:00 PM EST": "2026-11-02T21:00:00.000Z",
    "Today at 4pm": undefined,
    "November 2026": undefined,
    "2026-11": undefined,
    "2026-02-30": undefined,
    "0000-00-00 00:00:00": undefined,
    "Mon, 02 Nov 16:00:00 GMT": undefined,
  };
  for (const [text, wanted] of Object.entries(cases)) {
    const parsed = parseFeedDate(text);
    assert.equal(parsed === undefined ? undefined : new Date(parsed).toISOString(), wanted, text);
  }
});

test("clock changes of a zone by name", () => {
  const utc = (text: string): string => new Date(parseFeedDate(text) ?? NaN).toISOString();
  assert.equal(utc("2026-03-08 01:59:59 America/New_York"), "2026-03-08T06:59:59.000Z");
  assert.equal(utc("2026-03-08 03:00:00 America/New_York"), "2026-03-08T07:00:00.000Z");
  assert.equal(utc("2026-11-01 00:59:59 ET"), "2026-11-01T04:59:59.000Z");
  assert.equal(utc("2026-11-01 02:00:00 ET"), "2026-11-01T07:00:00.000Z");
});

test("property: no text crashes it or takes long; what is read is a moment", () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom(
      ...["Wed, ", "30 ", "Sep ", "2015", " 20:00", "-", "(", "+0000", "T", "Z", "W", "/", ".", " pm", "ET", "月"],
    ),
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
