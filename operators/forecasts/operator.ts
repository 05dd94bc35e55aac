/**
 * Scores and bars in, forecasts and signals out. A bar only updates the state; a score gives a forecast and the signal that
 * follows from it, once the bar that it names has been read. Until then it waits in the state, and comes out with the bar.
 *
 * State, by symbol|interval: what each method keeps of the bars, and at most 16 waiting scores. When one more would have to
 * wait, the oldest is answered with the bars at hand. A score for which no method that counts has a forecast (no
 * return model, and fewer than two bars) gives nothing, and so does a live one whose bar had come too late (stale-bar.ts).
 *
 * A bar whose price cannot be (series/price-guard.ts) is held back in the state, until the next one lets it in.
 *
 * When the next bar is due says the calendar of the symbol's latest bar. A score about a time beyond it is rejected; one that
 * waited for the first bar of its symbol, so that its calendar was not known, gives nothing.
 */
import type { Bar, ForecastsCore, ForecastsState, PendingScore, Score } from "../../schemas/generated/types.js";
import { defaultCalendar, reach, type CalendarLookup, type ExchangeCalendar } from "../calendar/calendar.js";
import {
  absorb,
  duplicate,
  type KeyedState,
  type Note,
  type Operator,
  type Outcome,
  type Output,
  reject,
} from "../operator.js";
import { calendarOfBar, noCalendar } from "../series/bar-calendar.js";
import { checkBar } from "../series/check-bar.js";
import { guardedBars, guardPrice, takeEach } from "../series/price-guard.js";
import { coreAt, readBar, type Step } from "../series/revisable-series.js";
import { makeSignal } from "../signals/signal.js";
import { emptyCore, stepCore, withEveryMethod } from "./core.js";
import { makeForecast } from "./forecast.js";
import type { ForecastingMethod } from "./method.js";
import { keepsState } from "./method-states.js";
import { forecastingMethods } from "./methods/list.js";
import { pendingScores, readScore } from "./pending-score.js";
import { isStale } from "./stale-bar.js";
import { versionOf } from "./state-version.js";
import { knownTarget } from "./target-time.js";

export interface ForecastsServices {
  /** By Bar.calendar: sessions and their closes, what a forecast's target time is. */
  readonly calendars: CalendarLookup;
}

type Out = "forecasts" | "signals";

/** What each input is read with. */
interface Context extends ForecastsServices {
  readonly methods: readonly ForecastingMethod[];
  /** Those that keep a state. */
  readonly keeping: readonly ForecastingMethod[];
  readonly step: Step<ForecastsCore>;
  /** Before the first bar. */
  readonly empty: ForecastsState;
}

/** The operator with these methods. */
export function forecastsBy(methods: readonly ForecastingMethod[]) {
  const keeping = methods.filter(keepsState);
  const core = emptyCore(keeping);
  const reading = {
    methods,
    keeping,
    step: stepCore(keeping),
    empty: {
      asOf: 0,
      base: core,
      recent: [],
      current: core,
      pending: [],
      version: versionOf(defaultCalendar),
      held: null,
      calendar: defaultCalendar,
    },
  };
  return {
    name: "forecasts",
    process(batch, state, services) {
      const context = { ...reading, calendars: services.calendars };
      return batch.map((input) =>
        input.topic === "market.bars"
          ? readMarketBar(input.record, state, context)
          : readOneScore(input.record, state, context),
      );
    },
  } satisfies Operator<"market.bars" | "scores", Out, ForecastsState, ForecastsServices>;
}

export const forecasts = forecastsBy(forecastingMethods);

const stateOf = (key: string, state: KeyedState<ForecastsState>, { empty, keeping }: Context): ForecastsState =>
  withEveryMethod(state.get(key) ?? empty, keeping);

function readMarketBar(bar: Readonly<Bar>, state: KeyedState<ForecastsState>, context: Context): Outcome<Out> {
  const fault = checkBar(bar);
  if (fault) return fault;
  const calendar = calendarOfBar(bar, context.calendars);
  if ("kind" in calendar) return calendar;
  const key = `${bar.symbol}|${bar.interval}`;
  const known = stateOf(key, state, context);
  const verdict = guardPrice(guardedBars(known.recent, known.held), bar);
  if (verdict.kind === "duplicate") return duplicate;
  if (verdict.held !== known.held) state.set(key, { ...known, held: verdict.held });
  if (verdict.kind === "hold") return verdict.rejection;
  return takeEach(verdict.bars, bar, (taken) => takeSoundBar(taken, state, context, calendar));
}

/** @param given the bar's calendar; of one that was held back, that of the bar that lets it in */
function takeSoundBar(
  bar: Readonly<Bar>,
  state: KeyedState<ForecastsState>,
  context: Context,
  given: ExchangeCalendar,
): Outcome<Out> {
  const { symbol, interval } = bar;
  const key = `${symbol}|${interval}`;
  const known = stateOf(key, state, context);
  const series = readBar(known, bar, context.step);
  if (series === "duplicate") return duplicate;
  if (series === "too old") {
    return reject(
      "BAR_TOO_OLD",
      `a bar of ${symbol} from ${new Date(bar.eventTime).toISOString()} lies before the last that can be corrected`,
    );
  }
  const { base, recent, current } = series;
  const { asOf, pending, held } = known;
  // What an older bar was traded by says nothing of the symbol now; a calendar that is not known any more is replaced.
  const isLatest = recent.at(-1)?.time === bar.eventTime;
  const calendar = isLatest ? given : (context.calendars(known.calendar) ?? given);
  const by = { version: versionOf(calendar.name), calendar: calendar.name };
  const next = { asOf, base, recent, current, pending, held, ...by };
  if (pending.length === 0) {
    state.set(key, next);
    return absorb;
  }
  const ready = pending.filter((score) => isRead(next, score));
  const waiting = pending.filter((score) => !ready.includes(score));
  const { after, ...made } = answer({ ...next, pending: waiting }, ready, { symbol, interval, calendar }, context);
  state.set(key, after);
  return outcomeOf(made);
}

function readOneScore(record: Readonly<Score>, state: KeyedState<ForecastsState>, context: Context): Outcome<Out> {
  const score = readScore(record);
  if ("kind" in score) return score;
  const { symbol, interval } = record;
  const key = `${symbol}|${interval}`;
  const known = stateOf(key, state, context);
  if (known.pending.some(({ scoreId }) => scoreId === score.scoreId)) return duplicate;
  const calendar = context.calendars(known.calendar);
  if (calendar === undefined) return noCalendar(known.calendar);
  const isKnown = known.recent.length > 0;
  if (isKnown && knownTarget(calendar, interval, score.barTime, score.asOf) === undefined) {
    return reject("BEYOND_CALENDAR", `what would be forecast of ${symbol} lies beyond it: ${reach(calendar)}`);
  }
  const waits = !isRead(known, score);
  const queue = waits ? [...known.pending, score] : known.pending;
  const ready = waits ? queue.slice(0, Math.max(0, queue.length - pendingScores)) : [score];
  const pending = waits ? queue.slice(ready.length) : queue;
  const { after, ...made } = answer({ ...known, pending }, ready, { symbol, interval, calendar }, context);
  state.set(key, after);
  return outcomeOf(made);
}

/**
 * Whether the bar that a score names has been read, in the version named or one that replaced it. A later bar will do too:
 * the log of bars has an order, so that the one named will not come after it.
 */
function isRead({ recent }: ForecastsState, { barId, barTime }: PendingScore): boolean {
  const last = recent.at(-1);
  if (last === undefined || last.time < barTime) return false;
  return last.time > barTime || last.id === barId || last.superseded.includes(barId);
}

interface Made {
  readonly records: readonly Output<Out>[];
  /** One of each score whose bar had come too late for a live forecast. */
  readonly notes: readonly Note[];
}

function outcomeOf({ records, notes }: Made): Outcome<Out> {
  const noted = notes.length > 0 && { notes };
  return records.length > 0 ? { kind: "emit", records, ...noted } : { ...absorb, ...noted };
}

/** Forecast and signal of each score, from the bars up to the one it names; nothing of a live score whose bar had come too late. */
function answer(
  state: ForecastsState,
  scores: readonly PendingScore[],
  { symbol, interval, calendar }: Pick<Bar, "symbol" | "interval"> & { readonly calendar: ExchangeCalendar },
  { methods, step }: Context,
): Made & { readonly after: ForecastsState } {
  const records: Output<Out>[] = [];
  const notes: Note[] = [];
  let { asOf } = state;
  for (const score of scores) {
    const bars = state.recent.filter(({ time }) => time <= score.barTime);
    if (isStale(calendar, score, bars.at(-1))) {
      notes.push({ without: "forecast", because: "stale bar" });
      continue;
    }
    const subject = {
      symbol,
      interval,
      asOf: Math.max(asOf, score.asOf, ...bars.map(({ availableAt }) => availableAt)),
    };
    const forecast = makeForecast(methods, score, coreAt(state, score.barTime, step), subject, calendar);
    if (forecast === undefined) continue;
    asOf = forecast.asOf;
    records.push({ topic: "forecasts", record: forecast }, { topic: "signals", record: makeSignal(score, forecast) });
  }
  return { after: { ...state, asOf, version: versionOf(state.calendar) }, records, notes };
}
