/**
 * The form in which a calendar is written down, shipped and one's own alike: the files in `data/`. All times are those of
 * the exchange's clocks. A day is open if `days` has it and `closed` has it not, or if a special session lists it.
 */
import { parseDay } from "./dates.js";

/** From when the exchange traded on which days of the week, and when. */
export interface RegularHours {
  /** First date; the next entry's is the end. The first entry's is not after `first`. */
  readonly from: string;
  /** Monday to Sunday, 1 for a day with sessions: `1111100`. */
  readonly days: string;
  /** Like `09:30`; the end of a day is `24:00`. */
  readonly open: string;
  readonly close: string;
  /** Start and end of the lunch break. */
  readonly break?: readonly [string, string] | null;
}

/** Sessions with other hours than the regular ones, also on days of the week without sessions; what is left out is as usual. */
export interface SpecialSessions {
  readonly open?: string;
  readonly close?: string;
  /** null: none on these days. */
  readonly break?: readonly [string, string] | null;
  readonly dates: readonly string[];
}

export interface CalendarData {
  /** Like `XLON`: capitals, digits, and `/`, `.`, `_`, `-` within. */
  readonly name: string;
  /** What it is called. */
  readonly exchange?: string;
  /** Where the days were taken from. */
  readonly source?: string;
  /** IANA time zone. */
  readonly timeZone: string;
  /** First and last date that is known. */
  readonly first: string;
  readonly last: string;
  readonly hours: readonly RegularHours[];
  /** Dates without a session. */
  readonly closed: readonly string[];
  readonly special: readonly SpecialSessions[];
}

/** Says all that is wrong with a calendar's data, a sentence each. */
export class CalendarDataError extends Error {
  override readonly name = "CalendarDataError";
  constructor(readonly faults: readonly string[]) {
    super(faults.join("; "));
  }
}

/** Form of a calendar's name: it is part of keys. */
export const isCalendarName = (name: string): boolean => /^[A-Z0-9](?:[A-Z0-9/._-]{0,30}[A-Z0-9])?$/.test(name);

const clockForm = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;

/** Minutes after midnight of `09:30` or `24:00`; undefined for anything else. */
export function parseClock(text: string): number | undefined {
  const found = clockForm.exec(text);
  if (found === null) return undefined;
  return found[1] === undefined ? 24 * 60 : Number(found[1]) * 60 + Number(found[2]);
}

const topFields = ["name", "exchange", "source", "timeZone", "first", "last", "hours", "closed", "special"];
const hourFields = ["from", "days", "open", "close", "break"];
const specialFields = ["open", "close", "break", "dates"];

/**
 * Checks the form, and that it contradicts itself nowhere.
 *
 * @param value parsed JSON
 * @throws CalendarDataError with every fault that was found
 */
export function checkCalendarData(value: unknown): CalendarData {
  if (!isObject(value)) throw new CalendarDataError([`it is ${shown(value)}, and a calendar is a JSON object`]);
  const data = { closed: [], special: [], ...value };
  const faults = [
    ...otherFields(data, topFields, "a calendar"),
    ...headFaults(data),
    ...listFaults(data, "hours", hoursFaults),
    ...closedFaults(data),
    ...listFaults(data, "special", specialFaults),
  ];
  if (faults.length === 0) faults.push(...contradictions(data as unknown as CalendarData));
  if (faults.length > 0) throw new CalendarDataError(faults.slice(0, mostFaults));
  return data as unknown as CalendarData;
}

/** A file that is something else altogether need not be told line by line. */
const mostFaults = 10;

type Entry = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Entry =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const shown = (value: unknown): string => (value === undefined ? "missing" : JSON.stringify(value).slice(0, 60));
const isDate = (value: unknown): value is string => typeof value === "string" && parseDay(value) !== undefined;
const isClock = (value: unknown): value is string => typeof value === "string" && parseClock(value) !== undefined;

function otherFields(entry: Entry, known: readonly string[], what: string): string[] {
  const others = Object.keys(entry).filter((name) => !known.includes(name));
  return others.map((name) => `${what} has no field ${JSON.stringify(name)}; it has ${known.join(", ")}`);
}

function headFaults({ name, exchange, source, timeZone, first, last }: Entry): string[] {
  const faults: string[] = [];
  if (typeof name !== "string" || !isCalendarName(name)) {
    faults.push(`name is ${shown(name)}, and not like XLON: capitals and digits, at most 32`);
  }
  for (const [field, text] of Object.entries({ exchange, source })) {
    if (text !== undefined && typeof text !== "string") faults.push(`${field} is ${shown(text)}, and not a text`);
  }
  if (typeof timeZone !== "string" || !isTimeZone(timeZone)) {
    faults.push(`timeZone is ${shown(timeZone)}, and not an IANA time zone like Europe/London`);
  }
  for (const [field, date] of Object.entries({ first, last })) {
    if (!isDate(date)) faults.push(`${field} is ${shown(date)}, and not a date like 2015-09-30`);
  }
  return faults;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function listFaults(data: Entry, field: "hours" | "special", faultsOf: (entry: Entry, at: string) => string[]) {
  const list = data[field];
  if (!Array.isArray(list)) return [`${field} is ${shown(list)}, and not a list`];
  if (field === "hours" && list.length === 0) return ["hours is empty: without it the exchange never trades"];
  return list.flatMap((entry: unknown, index) => {
    const at = `${field}[${index}]`;
    return isObject(entry) ? faultsOf(entry, at) : [`${at} is ${shown(entry)}, and not an object`];
  });
}

function hoursFaults(entry: Entry, at: string): string[] {
  const { from, days, open, close } = entry;
  const faults = otherFields(entry, hourFields, at);
  if (!isDate(from)) faults.push(`${at}.from is ${shown(from)}, and not a date like 2015-09-30`);
  if (typeof days !== "string" || !/^[01]{7}$/.test(days)) {
    faults.push(`${at}.days is ${shown(days)}, and not like 1111100: Monday to Sunday, 1 for a day with sessions`);
  }
  return [...faults, ...clockFaults({ open, close }, at), ...breakFaults(entry, at)];
}

function specialFaults(entry: Entry, at: string): string[] {
  const { open, close, dates } = entry;
  const given = Object.fromEntries(Object.entries({ open, close }).filter(([, time]) => time !== undefined));
  return [
    ...otherFields(entry, specialFields, at),
    ...clockFaults(given, at),
    ...breakFaults(entry, at),
    ...dateFaults(dates, `${at}.dates`),
  ];
}

function closedFaults({ closed }: Entry): string[] {
  return dateFaults(closed, "closed");
}

function clockFaults(times: Entry, at: string): string[] {
  const wrong = Object.entries(times).filter(([, time]) => !isClock(time));
  return wrong.map(([name, time]) => `${at}.${name} is ${shown(time)}, and not a time like 09:30, at most 24:00`);
}

function breakFaults({ break: pause }: Entry, at: string): string[] {
  if (pause === undefined || pause === null) return [];
  const isPair = Array.isArray(pause) && pause.length === 2 && pause.every(isClock);
  return isPair ? [] : [`${at}.break is ${shown(pause)}, and not like ["12:00", "13:00"]`];
}

function dateFaults(dates: unknown, at: string): string[] {
  if (!Array.isArray(dates)) return [`${at} is ${shown(dates)}, and not a list of dates`];
  const wrong = dates.filter((date) => !isDate(date));
  return wrong.map((date) => `${at} holds ${shown(date)}, which is no date like 2015-09-30`);
}

/** Of data whose form is right. */
function contradictions({ first, last, hours, closed, special }: CalendarData): string[] {
  const faults: string[] = [];
  if (first > last) faults.push(`first ${first} lies after last ${last}`);
  const [earliest] = hours;
  if (earliest && earliest.from > first) faults.push(`hours begin on ${earliest.from}, after first ${first}`);
  hours.forEach((entry, index) => {
    const before = hours[index - 1];
    if (before && before.from >= entry.from) {
      faults.push(`hours[${index}].from ${entry.from} does not lie after ${before.from} before it`);
    }
    faults.push(...orderFaults(entry, `hours[${index}]`));
  });
  const seen = new Map<string, string>();
  const lists = [["closed", closed], ...special.map(({ dates }, index) => [`special[${index}]`, dates])] as const;
  for (const [of, dates] of lists as readonly (readonly [string, readonly string[]])[]) {
    for (const date of dates) {
      const other = seen.get(date);
      if (other !== undefined) faults.push(`${date} stands in ${other} and again in ${of}`);
      else if (date < first || date > last) faults.push(`${date} in ${of} lies outside of ${first} to ${last}`);
      seen.set(date, of);
    }
  }
  special.forEach((entry, index) => {
    for (const date of entry.dates) faults.push(...orderFaults(hoursOn(hours, entry, date), `special[${index}]`, date));
  });
  return faults;
}

function orderFaults({ open, close, break: pause }: Omit<RegularHours, "from" | "days">, at: string, date?: string) {
  const on = date === undefined ? "" : ` on ${date}`;
  const [opens, closes] = [parseClock(open) ?? NaN, parseClock(close) ?? NaN];
  if (opens >= closes) return [`${at}: the close ${close} does not lie after the open ${open}${on}`];
  if (!pause) return [];
  const [starts, ends] = pause.map((time) => parseClock(time) ?? NaN) as [number, number];
  return opens < starts && starts < ends && ends < closes
    ? []
    : [`${at}: the break ${pause.join(" to ")} does not lie within ${open} to ${close}${on}`];
}

/** The regular hours of a date, and what a special session changes of them. */
export function hoursOn(
  hours: readonly RegularHours[],
  special: Omit<SpecialSessions, "dates">,
  date: string,
): RegularHours {
  const regular = hours.findLast(({ from }) => from <= date);
  if (regular === undefined) throw new Error(`there are no hours for ${date}`);
  const { open = regular.open, close = regular.close } = special;
  // A session that is over before the break, or begins after it, has none; one that is given is what it is. Clocks of equal
  // length compare as texts.
  const usual = regular.break && open < regular.break[0] && close > regular.break[1] ? regular.break : null;
  return { ...regular, open, close, break: special.break === undefined ? usual : special.break };
}
