/**
 * Bars in, cross-sections of the markets out. Each interval of each calendar is a market of its own: exchanges do not close at
 * the same time. The bars of one market with the same close time are a section. It is published
 * when as many symbols have reported as in the section before; or else, as far as it came, when the first bar of a later
 * time arrives. What comes after that (a straggler, a correction, a new listing) is published once more, with the next sequence
 * number, when the next section begins. A section without any return (the first one) is not published.
 *
 * Returns are log returns, close to close, over however long a symbol was silent (at most 30 sections: then it leaves).
 * A bar older than the section changes no section: it only counts as what the symbol's next return starts from.
 *
 * A bar whose price cannot be (series/price-guard.ts) is held back: its symbol counts as one that has reported, so that the section
 * need not wait for it, and has no return in it. Nor has one whose price is at a level that has moved, or whose range is no move of
 * a market: the next bars of a first one that was wrong are let in so.
 *
 * State, by market: `section|interval` and `members|interval|bucket`; with the calendar after the interval unless it is XNYS.
 * By interval, whatever the calendar: `guards|interval|bucket`.
 */
import type { Bar, MarketContext, MarketMember, MarketSection, MarketState } from "../../schemas/generated/types.js";
import { defaultCalendar, type CalendarLookup } from "../calendar/calendar.js";
import { absorb, duplicate, emit, type KeyedState, type Operator, type Outcome } from "../operator.js";
import { recordId } from "../record-id.js";
import { calendarOfBar } from "../series/bar-calendar.js";
import { checkBar } from "../series/check-bar.js";
import { guardPrice, isMove, largestStep, takeEach } from "../series/price-guard.js";
import { crossSection } from "./cross-section.js";
import { guardedMarks, withBar } from "./guarded-marks.js";
import { MarketGuards } from "./guards.js";
import { MarketMembers } from "./members.js";

export interface MarketServices {
  readonly calendars: CalendarLookup;
}

type MarketOutcome = Outcome<"market.context">;

/** ln(high / low)² of a bar that counts. */
const largestSquaredRange = Math.log(largestStep) ** 2;

export const market = {
  name: "market",
  process(batch, state, { calendars }) {
    const markets = new OpenMarkets(state);
    const outcomes = batch.map(({ record: bar }): MarketOutcome => {
      const fault = checkBar(bar);
      if (fault) return fault;
      const calendar = calendarOfBar(bar, calendars);
      return "kind" in calendar ? calendar : markets.of(bar, calendar.name).take(bar);
    });
    markets.save();
    return outcomes;
  },
} satisfies Operator<"market.bars", "market.context", MarketState, MarketServices>;

/** The interval and, unless it is XNYS, the calendar: states and ids of before there were others stay what they are. */
export const marketKey = (interval: string, calendar: string): string =>
  calendar === defaultCalendar ? interval : `${interval}|${calendar}`;

/** The markets that a batch has bars of. */
class OpenMarkets {
  readonly #markets = new Map<string, OneMarket>();
  /** By interval. */
  readonly #guards = new Map<string, MarketGuards>();

  constructor(private readonly state: KeyedState<MarketState>) {}

  of({ interval }: Readonly<Bar>, calendar: string): OneMarket {
    const key = marketKey(interval, calendar);
    let market = this.#markets.get(key);
    if (!market) {
      const guards = this.#guards.get(interval) ?? new MarketGuards(this.state, interval);
      this.#guards.set(interval, guards);
      this.#markets.set(key, (market = new OneMarket(this.state, guards, interval, calendar)));
    }
    return market;
  }

  save(): void {
    for (const market of this.#markets.values()) market.save();
    for (const guards of this.#guards.values()) guards.save();
  }
}

/** The section in work of one interval and calendar, and its symbols. Changes are written by `save`, after the batch has succeeded. */
class OneMarket {
  readonly #key: string;
  readonly #members: MarketMembers;
  readonly #known: Readonly<MarketSection> | undefined;
  #section: MarketSection | undefined;

  constructor(
    private readonly state: KeyedState<MarketState>,
    private readonly guards: MarketGuards,
    private readonly interval: string,
    private readonly calendar: string,
  ) {
    const market = marketKey(interval, calendar);
    this.#key = `section|${market}`;
    this.#members = new MarketMembers(state, market);
    this.#known = state.get(this.#key)?.section ?? undefined;
    this.#section = this.#known && { ...this.#known };
  }

  /** Takes the bar, and one that was held back before it, unless its price cannot be. */
  take(bar: Readonly<Bar>): MarketOutcome {
    const guard = this.guards.find(bar.symbol);
    const { held } = guard;
    const verdict = guardPrice(guardedMarks(guard), bar);
    if (verdict.kind === "duplicate") return duplicate;
    if (verdict.kind === "hold") {
      this.guards.put({ ...guard, held: verdict.held });
      const records = this.#holdBack(bar, held?.eventTime);
      return records.length > 0 ? { ...verdict.rejection, records: records.map(contextRecord) } : verdict.rejection;
    }
    const marks = verdict.bars.reduce<readonly number[]>(withBar, guard.marks);
    if (marks !== guard.marks || verdict.held !== held)
      this.guards.put({ symbol: bar.symbol, marks: marks as number[], held: verdict.held });
    return takeEach(verdict.bars, bar, (taken) => this.#takeSound(taken, held?.eventTime));
  }

  /** The section that a bar of this time belongs to, or that it comes after: that of a later time is begun. */
  #sectionFor(bar: Readonly<Bar>, records: MarketContext[]): MarketSection {
    const section = this.#section;
    if (section !== undefined && bar.eventTime <= section.time) return section;
    // Before the bar is taken: it is no part of the record of the earlier section.
    if (section?.changed) this.#emit(section, bar, records);
    return (this.#section = following(section, bar));
  }

  /** @param heldBefore time of the bar that was held back before it */
  #holdBack(bar: Readonly<Bar>, heldBefore: number | undefined): MarketContext[] {
    const records: MarketContext[] = [];
    const section = this.#sectionFor(bar, records);
    section.asOf = Math.max(section.asOf, bar.availableAt);
    const known = this.#members.find(bar.symbol, section.number);
    if (bar.eventTime === section.time && known?.time !== section.time) this.#report(section, bar, heldBefore, records);
    return records;
  }

  /** Counts the symbol, unless it has been counted for a bar that was held back. */
  #report(section: MarketSection, bar: Readonly<Bar>, heldBefore: number | undefined, records: MarketContext[]): void {
    if (heldBefore === section.time) return;
    section.reported += 1;
    if (section.reported === section.expected) this.#emit(section, bar, records);
  }

  #takeSound(bar: Readonly<Bar>, heldBefore: number | undefined): MarketOutcome {
    const records: MarketContext[] = [];
    const section = this.#sectionFor(bar, records);
    const before = this.#members.find(bar.symbol, section.number);
    const after = memberAfter(before, bar, section);
    if (after === undefined) return absorb;
    if (after === before) return duplicate;
    this.#members.put(after);
    section.asOf = Math.max(section.asOf, bar.availableAt);
    if (bar.eventTime === section.time) {
      section.changed = true;
      if (before?.time !== section.time) this.#report(section, bar, heldBefore, records);
    }
    return records.length > 0 ? emit(...records.map(contextRecord)) : absorb;
  }

  save(): void {
    this.#members.save();
    if (this.#section && !isSame(this.#known, this.#section))
      this.state.set(this.#key, { section: this.#section, members: [], guards: [] });
  }

  #emit(section: MarketSection, trigger: Readonly<Bar>, records: MarketContext[]): void {
    section.changed = false;
    const returns: number[] = [];
    let squaredRanges = 0;
    let bars = 0;
    for (const { close, before, factor, squaredRange } of this.#members.at(section.time)) {
      const ratio = (close * factor) / before;
      if (squaredRange > largestSquaredRange || (before > 0 && !isMove(ratio))) continue;
      squaredRanges += squaredRange;
      bars += 1;
      if (before > 0) returns.push(Math.log(ratio));
    }
    if (returns.length === 0) return;
    section.sequence += 1;
    const { time, asOf, sequence } = section;
    records.push({
      id: recordId("market", this.interval, String(time), String(sequence), ...others(this.calendar)),
      interval: this.interval,
      eventTime: time,
      asOf,
      origin: trigger.origin,
      sequence,
      ...crossSection(Float64Array.from(returns), squaredRanges, bars),
      calendar: this.calendar,
    });
  }
}

const contextRecord = (record: MarketContext) => ({ topic: "market.context" as const, record });
/** What the id of a record has besides: nothing where it had nothing before. */
const others = (calendar: string): string[] => (calendar === defaultCalendar ? [] : [calendar]);

/** A new section, of the bar's time. Its returns start from closes of earlier bars, so its asOf is not before theirs. */
function following(section: Readonly<MarketSection> | undefined, bar: Readonly<Bar>): MarketSection {
  return {
    time: bar.eventTime,
    asOf: Math.max(section?.asOf ?? bar.availableAt, bar.availableAt),
    number: (section?.number ?? 0) + 1,
    reported: 0,
    expected: section?.reported ?? 0,
    sequence: section?.sequence ?? 0,
    changed: false,
  };
}

/** @returns the symbol with the bar; the same as before when the bar has nothing new, undefined when it comes too late */
function memberAfter(
  known: MarketMember | undefined,
  bar: Readonly<Bar>,
  section: Readonly<MarketSection>,
): MarketMember | undefined {
  const { symbol, eventTime: time, split, dividendFactor } = bar;
  const isLate = time < section.time;
  // A symbol that is not known may come with bars of years ago: its next return must not start from there.
  if (isLate && (known === undefined || time < known.time)) return undefined;
  const close = bar.close * bar.adjustment;
  const factor = split * dividendFactor;
  const squaredRange = Math.log(bar.high / bar.low) ** 2;
  const isCorrection = known?.time === time;
  if (isCorrection && known.close === close && known.factor === factor && known.squaredRange === squaredRange)
    return known;
  const before = (isCorrection ? known.before : known?.close) ?? 0;
  return { symbol, time, close, before, squaredRange, factor, section: section.number };
}

const isSame = (a: Readonly<MarketSection> | undefined, b: Readonly<MarketSection>): boolean =>
  a !== undefined && (Object.keys(b) as (keyof MarketSection)[]).every((name) => a[name] === b[name]);
