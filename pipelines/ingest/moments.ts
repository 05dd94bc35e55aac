/**
 * What a cell says about time, before it is known what is wanted: a moment, a time on a clock whose zone is not said, a day,
 * or a time of day. Nothing is guessed: a form that can be read in two ways is none.
 */
import { dayMs, dayNumber, formatDay, minuteMs, type DayNumber } from "../../operators/calendar/dates.js";
import { zoneOffset } from "../../operators/calendar/time-zone.js";

export type Reading =
  /** `midnightOf`: the day that was written, when its clock was at 00:00. */
  | { readonly kind: "moment"; readonly time: number; readonly midnightOf: DayNumber | undefined }
  /** Milliseconds since 1970-01-01T00:00 on a clock of an unknown zone. */
  | { readonly kind: "local"; readonly local: number }
  | { readonly kind: "day"; readonly day: DayNumber }
  /** Milliseconds since midnight. */
  | { readonly kind: "clock"; readonly clock: number };

const dayForm = String.raw`(?:(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})(\d{2})(\d{2}))`;
const clockForm = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s*([AaPp])\.?[Mm]\.?(?![A-Za-z]))?`;
const compactClock = String.raw`(\d{2})(\d{2})(\d{2})?`;
const zoneForm = String.raw`(Z|z|[+-]\d{2}(?::?\d{2})?|[A-Za-z][A-Za-z0-9_+/-]*)`;
const yearFirst = new RegExp(`^${dayForm}(?:(?:T|\\s+)(?:${clockForm}|${compactClock})(?:\\s*${zoneForm})?)?$`);
const clockAlone = new RegExp(`^${clockForm}$`);
/** `Fri, 05 Jan 2024 13:30:00 -0400`, `05-Jan-2024`. */
const dayFirst = new RegExp(
  String.raw`^(?:[A-Za-z]{3,9}\.?,?\s+)?(\d{1,2})[\s-]([A-Za-z]{3})[A-Za-z]*\.?,?[\s-](\d{4})(?:,?\s+${clockForm}(?:\s*${zoneForm})?)?$`,
);
const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/** The most usual form, which needs no general reader. */
const plainDay = /^\d{4}-\d{2}-\d{2}$/;

/** @returns undefined for what cannot be read, or can be read in two ways */
export function readMoment(raw: unknown): Reading | undefined {
  if (typeof raw === "number") return readNumber(raw);
  if (typeof raw !== "string") return undefined;
  const text = raw.trim();
  if (plainDay.test(text)) return dayOf(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8)));
  if (text.length > 64) return undefined;
  if (/^\d+(?:\.\d*)?$/.test(text)) return readNumber(Number(text));
  return readYearFirst(text) ?? readDayFirst(text) ?? readClock(text);
}

/** The time of day of a column beside a date: `09:31`, `9:31 PM`, `093100`, and `93100`, which lost its zero. */
export function readClock(raw: unknown): Reading | undefined {
  const text = String(raw).trim();
  const match = clockAlone.exec(text);
  if (match) {
    const clock = clockOf(match[1], match[2], match[3], match[4], match[5]);
    return clock === undefined ? undefined : { kind: "clock", clock };
  }
  if (!/^\d{1,6}$/.test(text)) return undefined;
  const digits = text.length <= 4 ? `${text.padStart(4, "0")}00` : text.padStart(6, "0");
  const clock = clockOf(digits.slice(0, 2), digits.slice(2, 4), digits.slice(4));
  return clock === undefined ? undefined : { kind: "clock", clock };
}

/** Milliseconds of each unit in which time since 1970 is written, told apart by its magnitude: 1973 to 5138 in each. */
const units = [
  { from: 1e8, to: 1e11, unit: 1000 },
  { from: 1e11, to: 1e14, unit: 1 },
  { from: 1e14, to: 1e17, unit: 1 / 1000 },
  { from: 1e17, to: 1e20, unit: 1 / 1_000_000 },
] as const;

function readNumber(value: number): Reading | undefined {
  if (Number.isInteger(value) && value >= 1970_01_01 && value <= 2999_12_31) {
    return dayOf(Math.floor(value / 10_000), Math.floor(value / 100) % 100, value % 100);
  }
  const found = units.find(({ from, to }) => value >= from && value < to);
  if (found === undefined) return undefined;
  // Whole microseconds first: a double holds no more of today's nanoseconds.
  const time = Math.floor(Math.round(value * found.unit * 1000) / 1000);
  return { kind: "moment", time, midnightOf: time % dayMs === 0 ? time / dayMs : undefined };
}

function readYearFirst(text: string): Reading | undefined {
  const match = yearFirst.exec(text);
  if (match === null) return undefined;
  const part = (index: number): string | undefined => match[index];
  const day = dayOf(Number(part(1) ?? part(5)), Number(part(3) ?? part(6)), Number(part(4) ?? part(7)));
  if (day === undefined) return undefined;
  const hour = part(8) ?? part(13);
  if (hour === undefined) return day;
  const clock = clockOf(hour, part(9) ?? part(14), part(10) ?? part(15), part(11), part(12));
  return clock === undefined ? undefined : placed(day.day, clock, part(16));
}

function readDayFirst(text: string): Reading | undefined {
  const match = dayFirst.exec(text);
  if (match === null) return undefined;
  const month = months.indexOf((match[2] ?? "").toLowerCase());
  const day = month < 0 ? undefined : dayOf(Number(match[3]), month + 1, Number(match[1]));
  if (day === undefined || match[4] === undefined) return day;
  const clock = clockOf(match[4], match[5], match[6], match[7], match[8]);
  return clock === undefined ? undefined : placed(day.day, clock, match[9]);
}

function dayOf(year: number, month: number, date: number): { kind: "day"; day: DayNumber } | undefined {
  const day = dayNumber(year, month, date);
  const back = new Date(day * dayMs);
  if (year < 1970 || back.getUTCFullYear() !== year || back.getUTCMonth() !== month - 1) return undefined;
  return back.getUTCDate() === date ? { kind: "day", day } : undefined;
}

function clockOf(
  hourText: string | undefined,
  minuteText = "0",
  secondText = "0",
  fraction = "0",
  half?: string,
): number | undefined {
  let hour = Number(hourText);
  const [minute, second] = [Number(minuteText), Number(secondText)];
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return ((hour * 60 + minute) * 60 + second) * 1000 + Math.floor(Number(`0.${fraction}`) * 1000);
}

function placed(day: DayNumber, clock: number, zone: string | undefined): Reading | undefined {
  const local = day * dayMs + clock;
  if (zone === undefined) return { kind: "local", local };
  const time = momentIn(zone, local);
  if (typeof time !== "number") return undefined;
  return { kind: "moment", time, midnightOf: clock === 0 ? day : undefined };
}

/** Zones of RFC 822, in hours ahead of UTC. */
const named: Readonly<Record<string, number>> = {
  ...{ Z: 0, UT: 0, UTC: 0, GMT: 0 },
  ...{ EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7 },
};
const offsets = new Map<string, ((time: number) => number) | undefined>();

/** The offset of a zone's clocks: an offset itself, a name of RFC 822 or an IANA name; undefined for no zone. */
export function zoneOf(zone: string): ((time: number) => number) | undefined {
  if (offsets.has(zone)) return offsets.get(zone);
  if (offsets.size > 1000) offsets.clear();
  const found = readZone(zone);
  offsets.set(zone, found);
  return found;
}

function readZone(zone: string): ((time: number) => number) | undefined {
  const offset = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (offset) {
    const [hours, minutes] = [Number(offset[2]), Number(offset[3] ?? 0)];
    if (hours > 14 || minutes > 59) return undefined;
    const ahead = (offset[1] === "-" ? -1 : 1) * (hours * 60 + minutes) * minuteMs;
    return () => ahead;
  }
  const hours = named[zone.toUpperCase()];
  if (hours !== undefined) return () => hours * 60 * minuteMs;
  // Three letters alone may be anything, from India to Israel.
  if (!zone.includes("/")) return undefined;
  try {
    return zoneOffset(zone);
  } catch {
    return undefined;
  }
}

/**
 * The moment at which a zone's clocks show a local time.
 *
 * @returns `twice` or `never` where clocks change; undefined for an unknown zone
 */
export function momentIn(zone: string, local: number): number | "twice" | "never" | undefined {
  const offset = zoneOf(zone);
  if (offset === undefined) return undefined;
  const early = local - offset(local - dayMs);
  const late = local - offset(local + dayMs);
  const found = [early, late].filter((time) => time + offset(time) === local);
  if (found.length === 0) return "never";
  return early === late || found.length === 1 ? found[0] : "twice";
}

/** The day of a moment in a zone. */
export const dayIn = (offset: (time: number) => number, time: number): DayNumber =>
  Math.floor((time + offset(time)) / dayMs);

export const dateText = (day: DayNumber): string => formatDay(day);
