import { isWeekday, monthOf } from "./month-names.js";
import { zoneOffset } from "./zones.js";

/** The time of day within a date's text. */
export interface TimeOfDay {
  /** Since midnight, ms; 0 where none is written. */
  readonly time: number;
  /** As written; undefined where there is none. */
  readonly zone: string | undefined;
}

const twelveHours = String.raw`(?:\s?([ap])\.?\s?m\b\.?)`;
const forms = [
  new RegExp(String.raw`(?<![\d:])(\d{1,2})[:h](\d{1,2})(?::(\d{1,2})(?:[.,:](\d{1,9}))?)?(?!\d)${twelveHours}?`, "iu"),
  new RegExp(String.raw`(?<![\d:.])(\d{1,2})()()()${twelveHours}`, "iu"),
  // An hour alone, between year and zone.
  /(?<=\d{4} )(\d{1,2})()()()()(?= [+-]\d{4}$)/,
];
/** One word or offset of a zone, from the beginning of a text on. */
const zoneWord =
  /^[\s:,]*(Etc\/GMT[+-]\d{1,2}|[A-Za-z]+\/[A-Za-z_/]+|[A-Za-z]{1,8}(?![\p{L}\p{M}.])|[+\-\u2212]{1,2}\d{1,2}(?::?\d{2}(?::\d{2})?)?(?![\d-])|0{2,4}(?!\d)|\([^)]*\)?)/u;

/**
 * Parts a date's text into its time of day with the zone, and the rest, which holds the day.
 *
 * @returns undefined for a time that no clock shows
 */
export function partTime(text: string): (TimeOfDay & { readonly rest: string }) | undefined {
  const match = forms.map((form) => form.exec(text)).find((found) => found !== null);
  if (match === undefined || match === null) {
    const dayZone = /(?<=\d)(?:\s?(Z)|([+-]\d{2}:\d{2})|\s([+-]\d{4}|[A-Z]{2,4}))$/i.exec(text);
    const zone = dayZone?.slice(1).find((part) => part !== undefined && zoneOffset(part, 0) !== undefined);
    return { time: 0, zone, rest: (zone === undefined ? text : text.slice(0, dayZone?.index)).trim() };
  }
  const [whole, hour = "", minute = "", second = "", fraction = "", half = ""] = match;
  const time = sinceMidnight(Number(hour), Number(minute), Number(second), Number(`0.${fraction || "0"}`), half);
  if (time === undefined) return undefined;
  const before = text.slice(0, match.index).replace(/(?<=\d)T$/i, "");
  const { zone, rest } = partZone(text.slice(match.index + whole.length));
  return { time, zone, rest: `${before} ${rest}`.replace(/^[\s,-]+|[\s,-]+$/g, "") };
}

function sinceMidnight(
  hour: number,
  minute: number,
  second: number,
  fraction: number,
  half: string,
): number | undefined {
  // Midnight may be written as the end of a day, and a leap second exists.
  const isEnd = hour === 24 && minute === 0 && second === 0;
  if ((hour > 23 && !isEnd) || minute > 59 || second > 60) return undefined;
  const isTwelve = hour === 12;
  const shift = half === "" ? 0 : half.toLowerCase() === "p" ? (hour < 12 ? 12 : 0) : isTwelve ? -12 : 0;
  return ((hour + shift) * 60 + minute) * 60_000 + Math.min(second, 59) * 1_000 + Math.floor(fraction * 1_000);
}

/** Zones stand behind the time, or at the end: `EST 2026`, `GMT+0000 (Coordinated Universal Time)`, `02.11.2026 -0700`. */
function partZone(text: string): { zone: string | undefined; rest: string } {
  let rest = text;
  const words: string[] = [];
  for (let match = zoneWord.exec(rest); match !== null && isZoneLike(match[1] ?? ""); match = zoneWord.exec(rest)) {
    words.push(match[1] ?? "");
    rest = rest.slice(match[0].length);
  }
  const last = words.length === 0 ? /(?<=\d)\s([+-]\d{2}:?\d{2}|[A-Z]{1,4})$/i.exec(rest) : null;
  if (last !== null && zoneOffset(last[1] ?? "", 0) !== undefined) {
    return { zone: last[1], rest: rest.slice(0, last.index) };
  }
  return { zone: zoneOf(words), rest };
}

function isZoneLike(word: string): boolean {
  // `CT` and `PT` are weekdays in Czech and Polish, and zones behind a time.
  if (!/^[A-Za-z]/.test(word) || zoneOffset(word, 0) !== undefined) return true;
  return !isWeekday(word) && monthOf(word) === undefined && !/^(?:at|on|of|Uhr|h)$/.test(word);
}

/** An offset goes before names, names before what stands in parentheses. */
function zoneOf(words: readonly string[]): string | undefined {
  const numeric = words.find((word) => /^[+\-\u2212]/.test(word));
  if (numeric !== undefined) return /^[+\-\u2212]+\d{1,2}$/.test(numeric) || numeric.length > 3 ? numeric : undefined;
  const named = words.find((word) => /^[A-Za-z]/.test(word));
  if (named !== undefined) return named;
  const [other = ""] = words;
  const inside = other.replace(/^\(|\)$/g, "").trim();
  if (/^0+$/.test(inside)) return "Z";
  return other.startsWith("(") && zoneOffset(inside, 0) !== undefined ? inside : undefined;
}
