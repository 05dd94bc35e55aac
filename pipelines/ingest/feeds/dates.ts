import { isWeekday, monthOf, weekdayOf } from "./month-names.js";
import { partTime, type TimeOfDay } from "./time-of-day.js";
import { zoneOffset } from "./zones.js";

const dayMs = 86_400_000;

/**
 * A feed's date, in ms since 1970; undefined when it cannot be read, or tells no day (`2015-09`), or leaves open which is the
 * month (`02/11/2026`). Known are RFC 822 and what is written in its place, ISO 8601 with its weeks and days of the year, the
 * output of C's asctime and of JavaScript's Date, 12-hour clocks, epochs, and month names in the languages of CLDR.
 *
 * Without a zone it is read as UTC: an article of a feed counts as known from its arrival on, so a wrong guess makes it no
 * earlier than it was.
 */
export function parseFeedDate(text: string): number | undefined {
  const plain = plainDigits(text.slice(0, 200))
    .replace(/[\s\u00a0]+/g, " ")
    .trim();
  if (plain === "" || text.length > 100 + plain.length) return undefined;
  const moment = epoch(plain) ?? isoMoment(plain) ?? wordyMoment(plain);
  return moment !== undefined && Number.isFinite(moment) && moment >= 0 ? Math.floor(moment) : undefined;
}

/** Other scripts' digits, and the signs that part dates in China, Japan and Korea, as the Latin ones. */
function plainDigits(text: string): string {
  return text
    .replace(/[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]/g, (digit) => String(digit.charCodeAt(0) & 15).slice(-1))
    .replace(/(\d{4})\s*[\u5e74\ub144]\s*(\d{1,2})\s*[\u6708\uc6d4]\s*(\d{1,2})\s*[\u65e5\uc77c]?/, "$1-$2-$3 ")
    .replace(/(?:\uc624\uc804|\u4e0a\u5348|\u5348\u524d)\s*(\d{1,2}(?:[:\u6642\u65f6\uc2dc]\s?\d{2}\S*)?)/, "$1 am")
    .replace(/(?:\uc624\ud6c4|\u4e0b\u5348|\u5348\u5f8c)\s*(\d{1,2}(?:[:\u6642\u65f6\uc2dc]\s?\d{2}\S*)?)/, "$1 pm")
    .replace(/(\d{1,2})[\u6642\u65f6\uc2dc]\s?(\d{2})[\u5206\ubd84]?/, "$1:$2")
    .replace(
      /\s?[([][\u65e5\u6708\u706b\u6c34\u6728\u91d1\u571f\uc77c\uc6d4\ud654\uc218\ubaa9\uae08\ud1a0][)\]]/u,
      " ",
    );
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, by the number of digits. */
function epoch(text: string): number | undefined {
  const match = /^(\d{9,10}|\d{12,13}|\d{16}|\d{19})(?:\.(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, digits = "", fraction = "0"] = match;
  if (digits.length <= 10) return Number(`${digits}.${fraction}`) * 1_000;
  const perMs = digits.length <= 13 ? 1 : digits.length === 16 ? 1_000 : 1_000_000;
  return Number(digits) / perMs;
}

const isoDay = new RegExp(
  String.raw`^(?:\p{L}+\.?,? )?(?<year>\d{4})` +
    String.raw`(?:([-/.])(?<month>\d{1,2})\2(?<day>\d{1,2})\.?|(?<month2>\d{2})(?<day2>\d{2})` +
    String.raw`|-?W(?<week>\d{2})(?:-?(?<weekday>[1-7]))?|-?(?<ordinal>\d{3}))(?!\d{3}(?:\D|$))`,
  "iu",
);

/** ISO 8601 and W3CDTF, in their extended and compact forms, and the same order with slashes or dots. */
function isoMoment(text: string): number | undefined {
  const match = isoDay.exec(text);
  if (match?.groups === undefined || startsWithOtherWord(text)) return undefined;
  const { year = "", month, day, month2, day2, week, weekday, ordinal } = match.groups;
  const after = text.slice(match[0].length).replace(/^(?:\s?T|\s?,|\s?-(?=\s)|\s?at\b)?\s*/i, "");
  const parted = partTime(after.replace(/^(\d{2})(?:(\d{2})(?:(\d{2}))?)?(?=[.,]\d|\s|Z|[+-]|$)/i, compactClock));
  if (parted === undefined || parted.rest !== "") return undefined;
  if (week !== undefined) return momentOf(weekStart(Number(year), Number(week), Number(weekday ?? 1)), parted);
  if (ordinal !== undefined) return momentOf(dayOfYear(Number(year), Number(ordinal)), parted);
  return momentOf(midnight(Number(year), Number(month ?? month2), Number(day ?? day2)), parted);
}

/** `Fri, 2006/09/15 08:19:53 EDT` has a weekday there; anything else is read as words. */
function startsWithOtherWord(text: string): boolean {
  const word = /^\p{L}+/u.exec(text)?.[0];
  return word !== undefined && !isWeekday(word);
}

const compactClock = (_: string, hour: string, minute = "00", second = "00"): string => `${hour}:${minute}:${second}`;

/** Midnight of a day, as if it were UTC; undefined for one that no calendar has. */
function midnight(year: number, month: number, day: number): number | undefined {
  const time = Date.UTC(year, month - 1, day);
  const date = new Date(time);
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? time : undefined;
}

function dayOfYear(year: number, ordinal: number): number | undefined {
  const time = Date.UTC(year, 0, ordinal);
  return ordinal > 0 && new Date(time).getUTCFullYear() === year ? time : undefined;
}

/** Midnight of a day of an ISO week: week 1 has the year's first Thursday. */
function weekStart(year: number, week: number, weekday: number): number | undefined {
  if (week < 1 || week > 53) return undefined;
  const fourth = Date.UTC(year, 0, 4);
  const firstMonday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * dayMs;
  return firstMonday + ((week - 1) * 7 + weekday - 1) * dayMs;
}

function momentOf(day: number | undefined, { time, zone }: TimeOfDay): number | undefined {
  if (day === undefined) return undefined;
  const local = day + time;
  const offset = zone === undefined ? 0 : zoneOffset(zone, local);
  return offset === undefined ? undefined : local - offset;
}

/** Words that dates are written with and that say nothing. */
const fillers = /^(?:at|on|of|the|um|uhr|kl|klo|à|alle|ore|le|il|el|den|der|de|del|di|du|do|г|года|в|st|nd|rd|th)$/i;

/** Day, month by name (or all three as numbers), year, in any order. */
function wordyMoment(text: string): number | undefined {
  const parted = partTime(text);
  if (parted === undefined) return undefined;
  const pieces = parted.rest.match(/\p{L}[\p{L}\p{M}.]*|\d+/gu) ?? [];
  const words = pieces.filter((piece) => /^\p{L}/u.test(piece) && !fillers.test(piece.replace(/\.$/, "")));
  const numbers = pieces.filter((piece) => /^\d/.test(piece));
  const months = words.filter((word) => monthOf(word) !== undefined);
  // `mar. 3 nov.`: the first is a month in one language and a weekday in another.
  const names = months.length > 1 ? months.filter((word) => !isWeekday(word)) : months;
  if (names.length > 1 || words.some((word) => !names.includes(word) && !isWeekday(word))) return undefined;
  const [name] = names;
  const day = name === undefined ? numericDay(parted.rest, parted.zone) : namedDay(monthOf(name) ?? 0, numbers);
  return momentOf(day, parted);
}

function namedDay(month: number, numbers: readonly string[]): number | undefined {
  const [first = "", second = ""] = numbers;
  if (numbers.length !== 2) return undefined;
  // The year has four digits, or stands after the day.
  const [day, year] = first.length === 4 ? [second, first] : [first, second];
  return day.length <= 2 ? midnight(fullYear(year), month, Number(day)) : undefined;
}

const numeric = /^(?:(\p{L}+)\.?,? ?)?(\d{1,2})([./ -])(\d{1,2})\3(\d{4}|\d{2})\.?$/u;
const american = /^(?:[ECMP][DS]?T|AK[DS]T|HST|America\/.*)$/i;

/** `02.11.2026`, and with slashes or hyphens where the numbers, the weekday or a zone of America tell which is the day. */
function numericDay(rest: string, zone: string | undefined): number | undefined {
  const match = numeric.exec(rest.replace(/(?: ?[-,])+$/, ""));
  if (match === null) return undefined;
  const [, weekday, first, sign, second, last = ""] = match;
  const year = fullYear(last);
  const dayFirst = midnight(year, Number(second), Number(first));
  const monthFirst = midnight(year, Number(first), Number(second));
  if (sign === ".") return dayFirst;
  const days = [dayFirst, monthFirst].filter((day) => day !== undefined);
  const wanted = weekday === undefined ? undefined : weekdayOf(weekday);
  const fitting = days.filter((day) => new Date(day).getUTCDay() === wanted);
  if (fitting.length === 1) return fitting[0];
  if (new Set(days).size === 1) return days[0];
  return zone !== undefined && american.test(zone) ? monthFirst : undefined;
}

/** Two digits lie between 1970 and 2069. */
function fullYear(text: string): number {
  if (text.length === 4) return Number(text);
  return text.length === 2 ? Number(text) + (Number(text) < 70 ? 2000 : 1900) : NaN;
}
