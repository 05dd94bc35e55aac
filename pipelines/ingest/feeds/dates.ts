import { parseTime } from "../times.js";

/** Zones of RFC 822 and those that feeds write besides, in minutes ahead of UTC. */
const zones: Readonly<Record<string, number>> = {
  UT: 0,
  UTC: 0,
  GMT: 0,
  Z: 0,
  WET: 0,
  BST: 60,
  CET: 60,
  WEST: 60,
  CEST: 120,
  EET: 120,
  EEST: 180,
  MSK: 180,
  IST: 330,
  HKT: 480,
  SGT: 480,
  JST: 540,
  KST: 540,
  AEST: 600,
  AEDT: 660,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};
const months = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
const minuteMs = 60_000;

/** `Wed, 30 Sep 2015 20:00:00 GMT`: the weekday, seconds and zone may be missing, the month may be spelt out. */
const rfc822 =
  /^(?:\p{L}+\.?,?\s+)?(\d{1,2})[\s-]+(\p{L}{3})\p{L}*\.?,?[\s-]+(\d{4}|\d{2}),?(?:\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(?:([+-]\d{1,2}:?\d{2})|\(?([A-Za-z]{1,5})\)?)?(?:\s*\([^)]*\))?$/u;
/** ISO 8601 without a zone, or a date alone; years and months alone are too little. */
const zoneless = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?))?$/;

/**
 * A feed's date, in ms since 1970; undefined when it cannot be read. Without a zone it is read as UTC: an article of a
 * feed counts as known from its arrival on, so a wrong guess makes it no earlier than it was.
 */
export function parseFeedDate(text: string): number | undefined {
  const trimmed = text.trim();
  const plain = zoneless.exec(trimmed);
  if (plain !== null) return parseTime(`${plain[1] ?? ""}T${plain[2] ?? "00:00"}Z`);
  return parseTime(trimmed) ?? parseRfc822(trimmed);
}

function parseRfc822(text: string): number | undefined {
  if (text.length > 100) return undefined;
  const match = rfc822.exec(text);
  if (match === null) return undefined;
  const [, day = "", monthName = "", yearText = "", hour = "0", minute = "0", second = "0", offset, zone] = match;
  const month = months.indexOf(monthName.toUpperCase());
  const shift = offset === undefined ? zoneMinutes(zone) : offsetMinutes(offset);
  if (month < 0 || shift === undefined) return undefined;
  const year = yearText.length === 4 ? Number(yearText) : Number(yearText) + (Number(yearText) < 70 ? 2000 : 1900);
  const pad = (part: string | number): string => String(part).padStart(2, "0");
  // Read as UTC by the strict parser, which knows the lengths of months.
  const local = parseTime(
    `${year}-${pad(month + 1)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(second === "60" ? "59" : second)}Z`,
  );
  return local === undefined ? undefined : local - shift * minuteMs;
}

function zoneMinutes(zone: string | undefined): number | undefined {
  return zone === undefined ? 0 : zones[zone.toUpperCase()];
}

function offsetMinutes(offset: string): number {
  const digits = offset.slice(1).replace(":", "").padStart(4, "0");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return offset.startsWith("-") ? -minutes : minutes;
}
