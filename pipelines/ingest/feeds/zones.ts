/**
 * Zones by the names that feeds write, in minutes ahead of UTC: those of RFC 822 and the abbreviations of the tz database that
 * mean one thing, or one far more often than any other (IST is India's, BST London's, CST Chicago's, AST Halifax's).
 */
const abbreviations: Readonly<Record<string, number>> = {
  ...{ UT: 0, UTC: 0, GMT: 0, UCT: 0, WET: 0, ZULU: 0 },
  ...{ BST: 60, CET: 60, MET: 60, MEZ: 60, WAT: 60, WEST: 60 },
  ...{ CAT: 120, CEST: 120, EET: 120, MEST: 120, MESZ: 120, SAST: 120 },
  ...{ EAT: 180, EEST: 180, IDT: 180, MSK: 180, TRT: 180, GST: 240, MSD: 240, PKT: 300, IST: 330, NPT: 345 },
  ...{ ICT: 420, WIB: 420, AWST: 480, HKT: 480, MYT: 480, PHT: 480, SGT: 480, JST: 540, KST: 540 },
  ...{ ACST: 570, AEST: 600, ACDT: 630, AEDT: 660, NZST: 720, NZDT: 780 },
  ...{ BRT: -180, ART: -180, CLT: -240, NST: -210, NDT: -150, ADT: -180, AST: -240 },
  ...{ EDT: -240, EST: -300, CDT: -300, CST: -360, MDT: -360, MST: -420, PDT: -420, PST: -480 },
  ...{ AKDT: -480, AKST: -540, HST: -600 },
};

/** Names that stand for the time of a place, summer time or not. */
const places: Readonly<Record<string, string>> = {
  ET: "America/New_York",
  CT: "America/Chicago",
  MT: "America/Denver",
  PT: "America/Los_Angeles",
  AT: "America/Halifax",
  EASTERN: "America/New_York",
  CENTRAL: "America/Chicago",
  MOUNTAIN: "America/Denver",
  PACIFIC: "America/Los_Angeles",
};

const offset = /^(?:(?:UTC?|GMT|Z|Etc\/GMT)\s*)?([+\-\u2212]{1,2})(\d{1,2})(?::?(\d{2})(?::?\d{2})?)?$/i;

/**
 * Milliseconds that a zone is ahead of UTC at a local time, or undefined where the zone is unknown.
 *
 * @param zone as written: `-0400`, `GMT+02:00`, `UTC+2`, `EDT`, `ET`, `America/New_York`
 * @param local the local time, as if it were UTC, ms since 1970
 */
export function zoneOffset(zone: string, local: number): number | undefined {
  const numeric = offset.exec(zone);
  if (numeric !== null) {
    const [, sign = "", hours = "", minutes = "0"] = numeric;
    // `-700` is seven hours, and three digits otherwise are none.
    const total = Number(hours) * 60 + Number(minutes);
    // The tz database counts its `Etc/GMT+5` the other way round.
    const isReversed = /^etc/i.test(zone);
    const ahead = sign.startsWith("+") === isReversed ? -total : total;
    return total <= 14 * 60 && Number(minutes) < 60 ? ahead * 60_000 : undefined;
  }
  const name = zone.toUpperCase();
  const minutes = abbreviations[name];
  if (minutes !== undefined) return minutes * 60_000;
  // RFC 5322, section 4.3: what the military letters were meant for is not known.
  if (/^[A-IK-Z]$/.test(name)) return 0;
  const place = places[name] ?? (/^[A-Za-z]+(?:\/[A-Za-z_+\-\d]+){1,2}$/.test(zone) ? zone : undefined);
  return place === undefined ? undefined : offsetOfPlace(place, local);
}

function offsetOfPlace(place: string, local: number): number | undefined {
  const ahead = (time: number): number => wallClock(place, time) - time;
  try {
    // Twice: the first guess may lie on the other side of a change of the clocks.
    return ahead(local - ahead(local - ahead(local)));
  } catch {
    return undefined;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a place that is unknown */
function formatOf(place: string): Intl.DateTimeFormat {
  let format = formats.get(place);
  if (format !== undefined) return format;
  format = new Intl.DateTimeFormat("en-US", {
    timeZone: place,
    hourCycle: "h23",
    ...({ year: "numeric", month: "numeric", day: "numeric" } as const),
    ...({ hour: "numeric", minute: "numeric", second: "numeric" } as const),
  });
  if (formats.size < 100) formats.set(place, format);
  return format;
}

/** What the clocks of a place show at a moment, as if it were UTC. */
function wallClock(place: string, time: number): number {
  const parts = Object.fromEntries(
    formatOf(place)
      .formatToParts(time)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (time % 1_000);
}
