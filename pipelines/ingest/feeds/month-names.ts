/** Languages whose names of months and weekdays are read, as the platform's CLDR has them. */
const languages =
  "en de fr es it pt nl sv da nb fi is pl cs sk sl hr sr sr-Latn hu ro bg el ru uk tr et lv lt ca eu gl id ms vi".split(
    " ",
  );
const englishDays = "SUNDAY MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY".split(" ");
const english = "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER".split(" ");

interface Names {
  /** 1 to 12, by normalised name; names that two languages give to different months are left out. */
  readonly months: ReadonlyMap<string, number>;
  /** 0 (Sunday) to 6; NaN for names that two languages give to different days. */
  readonly weekdays: ReadonlyMap<string, number>;
}

let all: Names | undefined;

/** Upper case, without accents and dots. */
export function normalName(word: string): string {
  return word.normalize("NFD").replace(/\p{M}/gu, "").replace(/\./g, "").toUpperCase();
}

/** 1 to 12; undefined for another word. English names count from three letters on: `Sept`. */
export function monthOf(word: string): number | undefined {
  const name = normalName(word);
  const index = name.length < 3 ? -1 : english.findIndex((month) => month.startsWith(name));
  return index >= 0 ? index + 1 : (all ??= read()).months.get(name);
}

/** 0 (Sunday) to 6; undefined for another word, NaN for a weekday's name that means another day in another language. */
export function weekdayOf(word: string): number | undefined {
  const name = normalName(word);
  const index = name.length < 3 ? -1 : englishDays.findIndex((day) => day.startsWith(name));
  return index >= 0 ? index : (all ??= read()).weekdays.get(name);
}

/** Whether a word is the name of a weekday. */
export const isWeekday = (word: string): boolean => weekdayOf(word) !== undefined;

function read(): Names {
  const months = new Map<string, number>();
  const contradicted = new Set<string>();
  const weekdays = new Map<string, number>();
  for (const language of languages) {
    for (const style of ["long", "short"] as const) {
      const weekday = new Intl.DateTimeFormat(language, { weekday: style, timeZone: "UTC" });
      for (let day = 0; day < 7; day += 1) {
        // The 7th was a Sunday.
        const name = normalName(weekday.format(Date.UTC(2024, 0, 7 + day)));
        weekdays.set(name, (weekdays.get(name) ?? day) === day ? day : NaN);
      }
      // On its own and beside a day a name may differ: `ноябрь`, `2 ноября`.
      const alone = new Intl.DateTimeFormat(language, { month: style, timeZone: "UTC" });
      const inDate = new Intl.DateTimeFormat(language, { month: style, day: "numeric", timeZone: "UTC" });
      for (let month = 1; month <= 12; month += 1) {
        const time = Date.UTC(2024, month - 1, 15);
        const written = inDate.formatToParts(time).find(({ type }) => type === "month")?.value ?? "";
        for (const name of [alone.format(time), written].map(normalName)) {
          if (!/^\p{L}{3,}$/u.test(name)) continue;
          if ((months.get(name) ?? month) !== month) contradicted.add(name);
          months.set(name, month);
        }
      }
    }
  }
  for (const name of contradicted) months.delete(name);
  for (const [beginning, month] of beginnings(months)) months.set(beginning, month);
  // As Greek feeds shorten them, with and without the accents of before 1982.
  for (const [name, month] of [
    ["ΜΑΩ", 3],
    ["ΜΑΙ", 5],
    ["ΙΟΝ", 6],
    ["ΙΟΛ", 7],
    ["ΝΟΕ", 11],
  ] as const)
    months.set(name, month);
  return { months, weekdays };
}

/** Beginnings of three letters or more that belong to one month alone: feeds shorten names as they like. */
function beginnings(months: ReadonlyMap<string, number>): Map<string, number> {
  const found = new Map<string, number>();
  for (const [name, month] of months) {
    for (let length = 3; length < name.length; length += 1) {
      const beginning = name.slice(0, length);
      if (!months.has(beginning)) found.set(beginning, (found.get(beginning) ?? month) === month ? month : NaN);
    }
  }
  return new Map([...found].filter(([, month]) => !Number.isNaN(month)));
}
