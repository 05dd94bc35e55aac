import { isMissing, shown, type Fields } from "./fields.js";
import { limits } from "./limits.js";
import { Refusal } from "./outcome.js";

const isoTime =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:Z|z|([+-])(\d{2}):?(\d{2}))$/;

/** Integers below this (March 1973 in milliseconds) are read as seconds, which would put 2015 into January 1970. */
const smallestMilliseconds = 100_000_000_000;

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

/** A required time: ISO 8601 with a zone, or whole milliseconds since 1970. */
export function time(fields: Fields, name: string): number {
  const raw = fields[name];
  if (isMissing(raw)) throw new Refusal("MISSING_FIELD", `${name} is missing`);
  if (typeof raw === "number" && Number.isSafeInteger(raw) && raw >= smallestMilliseconds) return raw;
  const parsed = typeof raw === "string" ? parseTime(raw.trim()) : undefined;
  if (parsed === undefined || parsed < 0) {
    throw new Refusal("INVALID_TIME", `${name} is ${shown(raw)}, not like 2015-09-30T20:00:00Z (the zone is needed)`);
  }
  return parsed;
}

/** Refuses a time that lies ahead of the clock by more than clocks differ. */
export function refuseFuture(name: string, value: number, now: number): void {
  if (value <= now + limits.clockSkew) return;
  const shownTime = value <= 8.64e15 ? new Date(value).toISOString() : String(value);
  throw new Refusal("TIME_IN_FUTURE", `${name} ${shownTime} lies in the future`);
}
