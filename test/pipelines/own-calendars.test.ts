import assert from "node:assert/strict";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, test } from "node:test";
import { calendarByName, findCalendar, useOwnCalendars } from "../../operators/calendar/calendars.js";
import { readConfig, useConfiguredCalendars } from "../../pipelines/config.js";
import { readCalendars } from "../../pipelines/own-calendars.js";
import { UserError } from "../../pipelines/runtime/errors.js";
import { packageRoot } from "../../schemas/files.js";

const directory = mkdtempSync(join(tmpdir(), "newstape-calendars-"));
after(() => rmSync(directory, { recursive: true, force: true }));
afterEach(() => useOwnCalendars([]));

const hours = [{ from: "2024-01-01", days: "1111100", open: "09:00", close: "17:30" }];
const stockholm = { name: "XSTO", timeZone: "Europe/Stockholm", first: "2024-01-01", last: "2024-12-31", hours };
/** The shipped one, a year longer. */
const shanghai = JSON.parse(
  readFileSync(join(packageRoot, "operators", "calendar", "data", "XSHG.json"), "utf8"),
) as object;
const longer = { ...shanghai, last: "2027-12-31" };

function written(name: string, content: unknown): string {
  const file = join(directory, name);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

test("a file or a folder of calendars of one's own, added and in place of shipped ones", () => {
  const folder = join(directory, "both");
  mkdirSync(folder);
  writeFileSync(join(folder, "a.json"), `\uFEFF${JSON.stringify(stockholm)}`);
  writeFileSync(join(folder, "b.json"), JSON.stringify(longer));
  writeFileSync(join(folder, "notes.txt"), "no calendar");
  readConfig({ NEWSTAPE_CALENDARS: folder });
  assert.equal(calendarByName("XSTO").session("2024-03-01")?.open, Date.parse("2024-03-01T08:00:00Z"));
  assert.equal(calendarByName("XSHG").lastDay, "2027-12-31");
  assert.equal(calendarByName("XSHG").session("2027-01-04")?.close, Date.parse("2027-01-04T07:00:00Z"));
  readConfig({});
  assert.equal(findCalendar("XSTO"), undefined);
  assert.equal(calendarByName("XSHG").lastDay, "2026-12-31");
  useConfiguredCalendars({ NEWSTAPE_CALENDARS: written("list.json", [stockholm, longer]) });
  assert.ok(findCalendar("XSTO"));
});

const refused: readonly (readonly [string, () => string, RegExp])[] = [
  ["a file that is not there", () => join(directory, "none.json"), /none\.json cannot be read: ENOENT/],
  ["no JSON", () => written("text.json", "closed on Sundays"), /the calendar .*text\.json cannot be read: .*JSON/],
  [
    "wrong hours",
    () => written("hours.json", { ...stockholm, hours: [{ ...hours[0], close: "08:00" }] }),
    /hours\.json is wrong: hours\[0\]: the close 08:00 does not lie after the open 09:00/,
  ],
  [
    "two of one name",
    () => written("two.json", [stockholm, stockholm]),
    /number 2 and .*number 1 both hold a calendar XSTO/,
  ],
  [
    "New York",
    () => written("ny.json", { ...stockholm, name: "XNYS" }),
    /XNYS is the name of a calendar that cannot be/,
  ],
  [
    "Nasdaq",
    () => written("nasdaq.json", { ...stockholm, name: "XNAS" }),
    /XNAS is the name of a calendar that cannot be/,
  ],
  [
    "an empty folder",
    () => {
      mkdirSync(join(directory, "empty"));
      return join(directory, "empty");
    },
    /empty holds no \.json file/,
  ],
];

for (const [what, path, says] of refused) {
  test(`${what} is refused with what is wrong and where the form is explained`, () => {
    assert.throws(
      () => readCalendars(path()),
      (error: Error) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, says);
        assert.match(error.remedy ?? "", /operators\/README\.md|Name yours otherwise/);
        return true;
      },
    );
  });
}
