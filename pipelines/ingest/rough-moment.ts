/** About when a bar was, before its calendar is known: that follows from its symbol, and the symbol from the day. */
import { dayMs } from "../../operators/calendar/dates.js";
import { readInterval, type BarTimeOptions } from "./bar-time.js";
import { isMissing, type Fields } from "./fields.js";
import { momentIn, readClock, readMoment, type Reading } from "./moments.js";
import { zoneOfLine } from "./times.js";

/** Ten in London lies on the same day from Honolulu to Auckland. */
const ten = 10 * 3_600_000;

/** What a time is of its bar: `day`: a midnight means the whole day. */
type End = "day" | "open" | "close";

/**
 * A moment, ms since 1970, of which the date at the bar's exchange is that of the bar, read from the fields in the order in which
 * `barTime` reads them; undefined where none can be read.
 *
 * @throws Refusal for a zone that does not exist
 */
export function roughMoment(fields: Fields, options: BarTimeOptions): number | undefined {
  const isGiven = (name: string): boolean => !isMissing(fields[name]);
  const interval = isGiven("interval") ? readInterval(fields["interval"]) : options.interval;
  const isDaily = interval === undefined || interval === "1d";
  const { stamped = "close" } = options;
  const about = (reading: Reading | undefined, end: End): number | undefined =>
    momentAbout(reading, end, fields, options);

  if (isGiven("close_time")) return about(readMoment(fields["close_time"]), "close");
  if (isGiven("open_time")) return about(readMoment(fields["open_time"]), isDaily ? "day" : "open");
  const at = isGiven("time") ? "time" : "timestamp";
  if (!isGiven("date")) {
    const mayBeDay = isDaily && (at === "timestamp" || stamped === "open");
    return about(readMoment(fields[at]), mayBeDay ? "day" : stamped);
  }
  const date = readMoment(fields["date"]);
  if (!isGiven(at)) return about(date, isDaily ? "day" : stamped);
  const clock = readClock(fields[at]);
  if (clock?.kind !== "clock") return about(readMoment(fields[at]), isDaily ? "day" : stamped);
  const day = dayOf(date);
  if (day === undefined) return about(date, "day");
  return about({ kind: "local", local: day * dayMs + clock.clock }, isDaily ? "day" : stamped);
}

/** The day that a reading is, or is the midnight of, as it was written. */
function dayOf(reading: Reading | undefined): number | undefined {
  if (reading?.kind === "day") return reading.day;
  if (reading?.kind === "moment") return reading.midnightOf;
  return reading?.kind === "local" && reading.local % dayMs === 0 ? reading.local / dayMs : undefined;
}

function momentAbout(
  reading: Reading | undefined,
  end: End,
  fields: Fields,
  { zone: chosen }: BarTimeOptions,
): number | undefined {
  if (reading === undefined || reading.kind === "clock") return undefined;
  const day = reading.kind === "day" || end === "day" ? dayOf(reading) : undefined;
  if (day !== undefined) return day * dayMs + ten;
  // What ends at midnight is of the day that ends then.
  const before = end === "close" ? 1 : 0;
  if (reading.kind === "moment") return reading.time - before;
  if (reading.kind !== "local") return undefined;
  const zone = zoneOfLine(fields, chosen);
  const time = zone === undefined || zone === "exchange" ? undefined : momentIn(zone, reading.local);
  return typeof time === "number" ? time - before : Math.floor((reading.local - before) / dayMs) * dayMs + ten;
}
