import { isMissing, shown, type Fields } from "./fields.js";
import { limits } from "./limits.js";
import { momentIn, readMoment, zoneOf, type Reading } from "./moments.js";
import { Refusal } from "./outcome.js";

const isoTime =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:Z|z|([+-])(\d{2}):?(\d{2}))$/;

/**
 * Milliseconds since 1970 of an ISO 8601 time with its zone (`2015-09-30T20:00:00Z`, `…+02:00`), or undefined. A time
 * without a zone is none: guessing one shifts what was known when. `Date.parse` is too lenient: it takes February 30th.
 */
export function parseTime(text: string): number | undefined {
  const match = isoTime.exec(text);
  if (match === null) return undefined;
  const part = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const zoneHour = part(9);
  const zoneMinute = part(10);
  if (hour > 23 || minute > 59 || second > 59 || zoneHour > 14 || zoneMinute > 59 || year < 1970) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const milliseconds = Math.floor(Number(`0.${match[7] ?? "0"}`) * 1000);
  const zone = (match[8] === "-" ? -1 : 1) * (zoneHour * 60 + zoneMinute) * 60_000;
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds - zone;
}

/** Where times without a zone are to be read: an IANA name or an offset; `exchange`: the zone of the bar's exchange. */
export type ZoneChoice = string;

/** The zone that a line names itself, else the one that was chosen for the file. */
export function zoneOfLine(fields: Fields, chosen: ZoneChoice | undefined): string | undefined {
  const raw = fields["zone"];
  if (isMissing(raw)) return chosen;
  const zone = typeof raw === "string" ? raw.trim() : "";
  if (zoneOf(zone) !== undefined) return zone;
  throw new Refusal("INVALID_FIELD", `zone is ${shown(raw)}, not like America/New_York or -05:00`);
}

/**
 * A required moment: with its zone (ISO 8601, RFC 822), or without one where a zone is given, or a number of seconds, milli-,
 * micro- or nanoseconds since 1970.
 */
export function time(fields: Fields, name: string, zone?: string): number {
  const raw = fields[name];
  if (isMissing(raw)) throw new Refusal("MISSING_FIELD", `${name} is missing`);
  const parsed = typeof raw === "string" ? parseTime(raw.trim()) : undefined;
  if (parsed !== undefined && parsed >= 0) return parsed;
  const reading = readMoment(raw);
  if (reading?.kind === "moment" && reading.time >= 0) return reading.time;
  if (reading?.kind === "local") return zoned(name, raw, reading.local, zone);
  throw unreadable(name, raw, reading);
}

/** A local time in a zone. */
export function zoned(name: string, raw: unknown, local: number, zone: string | undefined): number {
  if (zone === undefined || zone === "exchange") {
    const why = zone === undefined ? "has no time zone" : "has no time zone, and news have no exchange";
    throw new Refusal("INVALID_TIME", `${name} ${shown(raw)} ${why}`);
  }
  const found = momentIn(zone, local);
  if (typeof found === "number" && found >= 0) return found;
  const why = found === "twice" ? "comes twice" : "does not exist";
  throw new Refusal("INVALID_TIME", `${name} ${shown(raw)} ${why} in ${zone}, where clocks change`);
}

/** Why a value is no moment, by what it is. */
export function unreadable(name: string, raw: unknown, reading: Reading | undefined): Refusal {
  const why = (): string => {
    if (reading?.kind === "day") return "is a day, not a moment";
    if (reading?.kind === "clock") return "is a time of day without its date";
    const text = String(raw).trim();
    if (/^\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})\b/.test(text)) {
      return "may have the day or the month first; write the year first, like 2015-09-30";
    }
    if (/^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:$|[T\s]+\d)/.test(text)) {
      return "names a day, a time or a zone that does not exist, or is not like 2015-09-30T20:00:00Z";
    }
    if (/^[+-]?\d+(?:\.\d+)?$/.test(text)) {
      return "is no number of seconds, milli-, micro- or nanoseconds since 1970, and no day like 20150930";
    }
    return "is not like 2015-09-30T20:00:00Z (the zone is needed)";
  };
  return new Refusal("INVALID_TIME", `${name} ${shown(raw)} ${why()}`);
}

/** Refuses a time that lies ahead of the clock by more than clocks differ. */
export function refuseFuture(name: string, value: number, now: number): void {
  if (value <= now + limits.clockSkew) return;
  const shownTime = value <= 8.64e15 ? new Date(value).toISOString() : String(value);
  throw new Refusal("TIME_IN_FUTURE", `${name} ${shownTime} lies in the future`);
}
