/** Every shipped calendar against PyPI `exchange_calendars`: sessions, opens, closes, breaks and half days of each day. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Session } from "../../../operators/calendar/calendar.js";
import { calendarByName } from "../../../operators/calendar/calendars.js";
import { dayMs, formatDay, minuteMs, parseDay, weekday } from "../../../operators/calendar/dates.js";
import { zoneOffset } from "../../../operators/calendar/time-zone.js";
import { packageRoot } from "../../../schemas/files.js";

type Sessions = Map<string, Session>;

/** What the package says, by calendar and date; the fixture's script explains its form. */
function oracle(): Map<string, Sessions> {
  const packed = readFileSync(join(packageRoot, "test/fixtures/calendar/sessions.csv.gz"));
  const found = new Map<string, Sessions>();
  for (const line of gunzipSync(packed).toString().trim().split("\n").slice(1)) {
    const [name = "", first = "", last = "", ...rest] = line.split(",");
    const sessions = found.get(name) ?? new Map<string, Session>();
    found.set(name, sessions);
    for (let day = parseDay(first) ?? NaN; day <= (parseDay(last) ?? NaN); day += 1) {
      if (first !== last && (weekday(day) === 0 || weekday(day) === 6)) continue;
      const at = (minutes: string | undefined): number => day * dayMs + Number(minutes) * minuteMs;
      const [open, close, start, end, half] = rest;
      const pause = start === "" ? {} : { break: { start: at(start), end: at(end) } };
      sessions.set(formatDay(day), { open: at(open), close: at(close), halfDay: half === "1", ...pause });
    }
  }
  return found;
}

const expected = oracle();

/** Calendar, sessions, breaks, half days, last year. */
const extents = [
  ["XNYS", 7794, 0, 69, 2030],
  ["XLON", 7833, 0, 62, 2030],
  ["XETR", 7876, 0, 21, 2030],
  ["XPAR", 7930, 0, 43, 2030],
  ["XAMS", 7929, 0, 43, 2030],
  ["XSWX", 7784, 0, 0, 2030],
  ["XTSE", 7783, 0, 15, 2030],
  ["XTKS", 7592, 7592, 0, 2030],
  ["XHKG", 7643, 7585, 58, 2030],
  ["XSHG", 6543, 6543, 0, 2026],
  ["XASX", 7845, 0, 40, 2030],
  ["XBOM", 6672, 0, 0, 2026],
  ["24/7", 11323, 0, 0, 2030],
  ["24/5", 8087, 0, 0, 2030],
] as const;

test("the oracle has every shipped calendar whole", () => {
  const found = [...expected].map(([name, sessions]) => {
    const all = [...sessions.values()];
    const counts = [all.length, all.filter((of) => of.break).length, all.filter(({ halfDay }) => halfDay).length];
    return [name, ...counts, Number([...sessions.keys()].at(-1)?.slice(0, 4))];
  });
  assert.deepEqual(found.sort(), extents.toSorted());
});

for (const [name, , , , lastYear] of extents) {
  test(`${name}: each day from 2000 to ${lastYear} is as exchange_calendars has it`, () => {
    const calendar = calendarByName(name);
    const sessions = expected.get(name) ?? new Map<string, Session>();
    let differing = 0;
    for (let day = Date.UTC(2000, 0, 1) / dayMs; day < Date.UTC(lastYear + 1, 0, 1) / dayMs; day += 1) {
      const date = formatDay(day);
      try {
        assert.deepEqual(calendar.session(date), sessions.get(date), date);
      } catch (error) {
        if (differing === 0) console.error(error);
        differing += 1;
      }
    }
    assert.equal(differing, 0);
  });

  test(`${name}: the next close is that of the next session`, () => {
    const calendar = calendarByName(name);
    const closes = [...(expected.get(name) ?? [])].map(([, { close }]) => close);
    for (const [index, close] of closes.entries()) {
      assert.equal(calendar.nextClose(close - 1), close);
      const following = closes[index + 1];
      if (following !== undefined) assert.equal(calendar.nextClose(close), following);
    }
  });

  test(`${name}: sessions open by the same clock before and after the clocks change, and dates turn at its midnight`, () => {
    const calendar = calendarByName(name);
    const offset = zoneOffset(calendar.timeZone);
    const clock = new Intl.DateTimeFormat("en-GB", { timeZone: calendar.timeZone, timeStyle: "short" });
    const date = new Intl.DateTimeFormat("en-CA", { timeZone: calendar.timeZone, dateStyle: "short" });
    let changes = 0;
    for (let day = Date.UTC(2000, 0, 2) / dayMs; day < Date.UTC(lastYear, 11, 1) / dayMs; day += 1) {
      if (offset(day * dayMs) === offset((day + 1) * dayMs)) continue;
      changes += 1;
      const around = [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((away) => formatDay(day + away));
      const opens = around.flatMap((of) => calendar.session(of)?.open ?? []).map((open) => clock.format(open));
      assert.equal(new Set(opens).size, 1, `${opens.join(" ")} around ${formatDay(day)}`);
      for (let hour = -48; hour <= 72; hour += 0.5) {
        const time = day * dayMs + hour * 60 * minuteMs;
        assert.equal(calendar.dateOf(time), date.format(time));
      }
    }
    const isFixed = /Tokyo|Hong_Kong|Shanghai|Kolkata|UTC/.test(calendar.timeZone);
    assert.equal(changes, isFixed ? 0 : 2 * (lastYear - 1999));
  });
}

test("what lies beyond the known days is told from a closed day", () => {
  const shanghai = calendarByName("XSHG");
  assert.deepEqual([shanghai.firstDay, shanghai.lastDay], ["2000-01-01", "2026-12-31"]);
  assert.equal(shanghai.session("2027-01-04"), undefined);
  assert.equal(shanghai.covers(Date.parse("2026-12-31T15:59:59.999Z")), true);
  assert.equal(shanghai.covers(Date.parse("2026-12-31T16:00:00.001Z")), false);
  assert.equal(shanghai.covers(Date.parse("1999-12-31T15:59:59Z")), false);
  assert.equal(shanghai.covers(NaN), false);
  const last = Date.parse("2026-12-31T07:00:00Z");
  assert.equal(shanghai.nextClose(last - 1), last);
  assert.throws(() => shanghai.nextClose(last), /XSHG is known from 2000-01-01 to 2026-12-31, not on 2027-01-01/);
  // A day of around-the-clock trade ends with the first moment of the next.
  assert.equal(calendarByName("24/7").covers(Date.parse("2100-01-01T00:00:00Z")), true);
});
