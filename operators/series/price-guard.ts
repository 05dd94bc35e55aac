/**
 * The guard against prices that cannot be: whether a bar is taken in, held back, or lets in the one that was held back before.
 * The stages that read bars ask it before anything else, each with the same bars in the same order, so that all decide alike.
 *
 * The rule. The bars of a series are compared on one scale (close × adjustment, splits and dividends reckoned in). A bar is off
 *
 * - when its close is more than 8 times, or less than an eighth of, that of its neighbour, the last bar before it. For a bar that comes
 *   late these count too, as it need be near but one: the first bar after it, where the level has moved in between or there
 *   is none before, and the version of it that is there already; or
 * - when its high is more than 8 times the highest of those closes and its own, or its low less than an eighth of the lowest.
 *
 * Where the neighbour is more than a week away, 8 becomes 8^√(weeks): prices spread with the root of time, so that a gap of
 * months excuses more. A bar without neighbours is taken as it is.
 *
 * A bar that is off is held back, the last such one of each series. If the next bar that is off has its close at the same level
 * (within the same factor), the level has really moved, and both are let in; if the next one is in line, the one held back was
 * a wrong tick and is let go. A high or low alone is never let in that way: a level has not moved. A bar that somebody
 * has `confirmed` is always taken.
 *
 * A level that has moved, or a first bar that was wrong, is what it is in the symbol's own series: its features take the step as a return
 * until it leaves their windows, and the band of its forecasts is as much wider. No other symbol sees it: a ratio beyond 8, over
 * whatever time, is no return in the cross-section of its market, nor a label that a model learns from.
 *
 * Why 8: it holds back a decimal shift (10 times) of a bar that moved by a fifth besides, pence for pounds (100 times) and all
 * above, and no session of a listed share of the bundled history comes near (the most is 1.4 times), nor does a currency or
 * crypto asset on a day of ±50 %. What real markets do beyond it (a delisted bank's first trade over the counter, a collapsing
 * token) comes a bar later, when the next one confirms it. That a price is judged by its neighbours and by whether they follow is the
 * rule of C. Brownlees and G. Gallo, Financial econometric analysis at ultra-high frequency: data handling concerns,
 * Computational Statistics & Data Analysis 51 (2006); that prices spread with the root of time, L. Bachelier (1900).
 */
import type { Bar, HeldBar, KeptBar } from "../../schemas/generated/types.js";
import { reject, type Outcome } from "../operator.js";
import type { TopicName } from "../../schemas/topics.js";
import { keptBars } from "./place-bar.js";

/** Between neighbours of at most `usualGap`. */
export const largestStep = 8;

/**
 * Whether a ratio of prices is a move of the market. One that is not was let in as a new level, by the next bar or by hand; which
 * side of it is right cannot be told (a wrong first bar makes the right ones after it the new level), so it is no return of anything.
 */
export const isMove = (ratio: number): boolean => isWithin(ratio, largestStep);

const usualGap = 7 * 86_400_000;

/** Where a bar's price was. */
export interface PriceMark {
  /** Bar.eventTime. */
  readonly time: number;
  /** Close × adjustment. */
  readonly close: number;
  /** split × dividendFactor. */
  readonly factor: number;
}

/** What a bar is compared with: the last bars of its series that were taken in, at most `keptBars`. */
export interface Guarded {
  readonly last: PriceMark | undefined;
  /** All of them, oldest first; looked at only where the last one does not decide. */
  readonly marks: () => readonly PriceMark[];
  /** The bar that was held back last. */
  readonly held: Readonly<HeldBar> | null;
}

export type Verdict =
  /** Take these, in this order; the last one that was held back is among them, or waits on as `held`. */
  | { readonly kind: "take"; readonly bars: readonly Readonly<Bar>[]; readonly held: Readonly<HeldBar> | null }
  | { readonly kind: "hold"; readonly held: HeldBar; readonly rejection: ReturnType<typeof reject> }
  /** It is held back already. */
  | { readonly kind: "duplicate" };

/** @param bar one that `checkBar` has passed */
export function guardPrice({ last, marks: marksOf, held }: Guarded, bar: Readonly<Bar>): Verdict {
  if (held === null && (last === undefined || isOrdinary(last, bar))) return { kind: "take", bars: [bar], held };
  const marks = marksOf();
  if (isTooOld(marks, bar)) return { kind: "take", bars: [bar], held };
  if (!bar.confirmed && held?.id === bar.id) return { kind: "duplicate" };
  const fault = bar.confirmed ? undefined : faultOf(around(marks, bar), bar);
  if (fault === undefined) {
    const waits = held !== null && bar.eventTime < held.eventTime;
    return { kind: "take", bars: [bar], held: waits ? held : null };
  }
  const before = held && released(held, bar);
  if (before && confirms(marks, before, bar)) {
    // Its level is confirmed; a high or low beyond both is not.
    const bars = rangeFault(around(marks, before), before) ? [bar] : [before, bar];
    return { kind: "take", bars: bars.sort((one, other) => one.eventTime - other.eventTime), held: null };
  }
  return { kind: "hold", held: heldOf(bar), rejection: reject("PRICE_OUT_OF_LINE", reasonOf(bar, fault)) };
}

/** Older than what can be corrected: the series itself refuses it. */
export function isTooOld(marks: readonly PriceMark[], bar: Readonly<Bar>): boolean {
  const [oldest] = marks;
  return oldest !== undefined && marks.length >= keptBars && bar.eventTime < oldest.time;
}

/** The usual bar: it follows the last one and is near it, so that nothing else need be looked at. */
function isOrdinary(last: PriceMark, bar: Readonly<Bar>): boolean {
  if (bar.eventTime <= last.time) return false;
  const close = bar.close * bar.adjustment;
  const before = last.close / (bar.split * bar.dividendFactor);
  return (
    isWithin(close / before, largestStep) &&
    (bar.high * bar.adjustment) / Math.max(close, before) <= largestStep &&
    (bar.low * bar.adjustment) / Math.min(close, before) >= 1 / largestStep
  );
}

/** The mark of a bar that is taken in. */
export const markOf = (
  { close, adjustment, split, dividendFactor }: Pick<KeptBar, "close" | "adjustment" | "split" | "dividendFactor">,
  time: number,
): PriceMark => ({ time, close: close * adjustment, factor: split * dividendFactor });

/** A series that keeps its last bars itself. */
export function guardedBars(recent: readonly KeptBar[], held: Readonly<HeldBar> | null): Guarded {
  const marks = (): PriceMark[] => recent.map((kept) => markOf(kept, kept.time));
  const last = recent.at(-1);
  return { last: last && markOf(last, last.time), marks, held };
}

/** The marks with one more, in its place; the very same where it is among them, or lies before all that are kept. */
export function withMark(marks: readonly PriceMark[], mark: PriceMark): readonly PriceMark[] {
  const last = marks.at(-1);
  if (last === undefined || mark.time > last.time) return [...marks.slice(-keptBars + 1), mark];
  const place = marks.findLastIndex(({ time }) => time <= mark.time);
  const known = marks[place];
  if (known?.time === mark.time)
    return known.close === mark.close && known.factor === mark.factor ? marks : marks.with(place, mark);
  if (place === -1 && marks.length >= keptBars) return marks;
  return marks.toSpliced(place + 1, 0, mark).slice(-keptBars);
}

/**
 * What an input came to that let in a held bar before it, or after it: its own outcome, with the records of both.
 *
 * @param own the input's bar
 * @param take what takes one bar
 */
export function takeEach<Out extends TopicName>(
  bars: readonly Readonly<Bar>[],
  own: Readonly<Bar>,
  take: (bar: Readonly<Bar>) => Outcome<Out>,
): Outcome<Out> {
  if (bars.length === 1) return take(own);
  const outcomes = bars.map((bar) => ({ bar, outcome: take(bar) }));
  const records = outcomes.flatMap(({ outcome }) => ("records" in outcome ? (outcome.records ?? []) : []));
  const notes = outcomes.flatMap(({ outcome }) => ("notes" in outcome ? (outcome.notes ?? []) : []));
  const outcome = outcomes.find(({ bar }) => bar === own)?.outcome ?? ({ kind: "absorb" } as const);
  if (outcome.kind === "reject") return { ...outcome, records };
  const noted = notes.length > 0 ? { notes } : {};
  if (records.length > 0) return { kind: "emit", records, ...noted };
  return outcome.kind === "absorb" ? { ...outcome, ...noted } : outcome;
}

/** A close as it would be on the day of the bar, and how far the bar may be from it. */
interface Reference {
  readonly close: number;
  readonly time: number;
  readonly step: number;
}

/** The closes around a bar, the nearest before it first; none of a bar without neighbours. */
function around(marks: readonly PriceMark[], bar: Readonly<Bar>): Reference[] {
  const { eventTime, split, dividendFactor } = bar;
  const factor = split * dividendFactor;
  const before = marks.findLast(({ time }) => time < eventTime);
  const after = marks.find(({ time }) => time > eventTime);
  const same = marks.find(({ time }) => time === eventTime);
  const of = (time: number, close: number): Reference => ({ time, close, step: stepOver(eventTime - time) });
  const references: Reference[] = [];
  if (before) references.push(of(before.time, before.close / factor));
  // Between two at one level, which the one before tells; where the level has moved in between, it may be at either.
  if (after && !(before && areLevel(before, after))) references.push(of(after.time, after.close * after.factor));
  // Beside nothing but another version of itself, which of the two is wrong cannot be told.
  if (same && (before ?? after) && same.factor === factor) references.push(of(same.time, same.close));
  return references;
}

const areLevel = (before: PriceMark, after: PriceMark): boolean =>
  isWithin((after.close * after.factor) / before.close, stepOver(after.time - before.time));

interface Fault {
  readonly price: "close" | "high" | "low";
  /** How many times the price that it is compared with. */
  readonly times: number;
  /** When that one was. */
  readonly time: number;
}

function levelFault(references: readonly Reference[], bar: Readonly<Bar>): Fault | undefined {
  const close = bar.close * bar.adjustment;
  const [first] = references;
  if (!first || references.some((reference) => isWithin(close / reference.close, reference.step))) return undefined;
  return { price: "close", times: close / first.close, time: first.time };
}

/** A high above, or a low below, whatever closes there are, its own among them. */
function rangeFault(references: readonly Reference[], bar: Readonly<Bar>): Fault | undefined {
  if (references.length === 0) return undefined;
  const { adjustment, eventTime: time } = bar;
  const all = [{ close: bar.close * adjustment, time, step: largestStep }, ...references];
  const step = Math.max(...all.map((reference) => reference.step));
  const highest = all.reduce((one, other) => (other.close > one.close ? other : one));
  const lowest = all.reduce((one, other) => (other.close < one.close ? other : one));
  const up = (bar.high * adjustment) / highest.close;
  if (up > step) return { price: "high", times: up, time: highest.time };
  const down = (bar.low * adjustment) / lowest.close;
  return down < 1 / step ? { price: "low", times: down, time: lowest.time } : undefined;
}

const faultOf = (references: readonly Reference[], bar: Readonly<Bar>): Fault | undefined =>
  levelFault(references, bar) ?? rangeFault(references, bar);

const isWithin = (ratio: number, step: number): boolean => ratio <= step && ratio >= 1 / step;

const stepOver = (gap: number): number => largestStep ** Math.sqrt(Math.max(1, Math.abs(gap) / usualGap));

/** Whether the bar, which is off, has the level of the held one, which is another bar and off by its level too. */
function confirms(marks: readonly PriceMark[], held: Readonly<Bar>, bar: Readonly<Bar>): boolean {
  if (held.eventTime === bar.eventTime || !levelFault(around(marks, held), held)) return false;
  const beside = around([markOf(held, held.eventTime)], bar);
  // A bar of the day on which the level moved may have both in its range.
  return !levelFault(beside, bar) && !rangeFault([...beside, ...around(marks, bar)], bar);
}

/** The held bar as it is let in: known from when the other one was, which let it in. */
const released = (held: Readonly<HeldBar>, by: Readonly<Bar>): Bar => ({
  ...by,
  ...held,
  availableAt: Math.max(held.availableAt, by.availableAt),
  confirmed: false,
});

function heldOf(bar: Readonly<Bar>): HeldBar {
  const { id, eventTime, availableAt, origin, open, high, low, close, volume, adjustment, split, dividendFactor } = bar;
  return { id, eventTime, availableAt, origin, open, high, low, close, volume, adjustment, split, dividendFactor };
}

function reasonOf(bar: Readonly<Bar>, { price, times, time }: Fault): string {
  const of = time === bar.eventTime ? "its own close" : `the close of ${new Date(time).toISOString()}`;
  const ratio = times >= 1 ? `${rounded(times)} times` : `1/${rounded(1 / times)} of`;
  return `${price} ${bar[price]} is ${ratio} ${of}, splits reckoned in: held back until the next bar is at that level; if it is right, replay this reject`;
}

const rounded = (ratio: number): string => (ratio < 100 ? ratio.toPrecision(3) : ratio.toFixed(0));
