/**
 * Scores and bars in, forecasts and signals out. A bar only updates the state; a score gives a forecast and the signal that
 * follows from it, once the bar that it names has been read. Until then it waits in the state, and comes out with the bar.
 *
 * State, by symbol|interval: the bars, and at most 16 waiting scores. When one more would have to wait, the oldest is
 * answered with the bars at hand. A score about which no method has anything to say (no return model, and fewer than two
 * bars) gives nothing.
 */
import type { Bar, ForecastsState, PendingScore, Score } from "../../schemas/generated/types.js";
import type { ExchangeCalendar } from "../calendar/calendar.js";
import {
  duplicate,
  emit,
  join,
  type KeyedState,
  type Operator,
  type Outcome,
  type Output,
  reject,
} from "../operator.js";
import { checkBar } from "../series/check-bar.js";
import { coreAt, readBar } from "../series/revisable-series.js";
import { makeSignal } from "../signals/signal.js";
import { emptyCore, stepCore } from "./core.js";
import { makeForecast } from "./forecast.js";
import { pendingScores, readScore } from "./pending-score.js";

export interface ForecastsServices {
  /** Sessions and their closes: what a forecast's target time is. */
  readonly calendar: ExchangeCalendar;
}

type Out = "forecasts" | "signals";

/** What the answers are about and where they look. */
interface Context extends ForecastsServices {
  readonly symbol: string;
  readonly interval: string;
}

const emptyState: ForecastsState = { asOf: 0, base: emptyCore, recent: [], current: emptyCore, pending: [] };

export const forecasts = {
  name: "forecasts",
  process(batch, state, services) {
    return batch.map((input) =>
      input.topic === "market.bars"
        ? readMarketBar(input.record, state, services)
        : readOneScore(input.record, state, services),
    );
  },
} satisfies Operator<"market.bars" | "scores", Out, ForecastsState, ForecastsServices>;

function readMarketBar(
  bar: Readonly<Bar>,
  state: KeyedState<ForecastsState>,
  { calendar }: ForecastsServices,
): Outcome<Out> {
  const fault = checkBar(bar);
  if (fault) return fault;
  const { symbol, interval } = bar;
  const key = `${symbol}|${interval}`;
  const known = state.get(key) ?? emptyState;
  const series = readBar(known, bar, stepCore);
  if (series === "duplicate") return duplicate;
  if (series === "too old") {
    return reject(
      "BAR_TOO_OLD",
      `a bar of ${symbol} from ${new Date(bar.eventTime).toISOString()} lies before the last that can be corrected`,
    );
  }
  const { base, recent, current } = series;
  const next = { asOf: known.asOf, base, recent, current, pending: known.pending };
  if (next.pending.length === 0) {
    state.set(key, next);
    return join;
  }
  const ready = next.pending.filter((score) => isRead(next, score));
  const { after, records } = answer(
    { ...next, pending: next.pending.filter((score) => !ready.includes(score)) },
    ready,
    {
      symbol,
      interval,
      calendar,
    },
  );
  state.set(key, after);
  return records.length > 0 ? emit(...records) : join;
}

function readOneScore(
  record: Readonly<Score>,
  state: KeyedState<ForecastsState>,
  { calendar }: ForecastsServices,
): Outcome<Out> {
  const score = readScore(record);
  if ("kind" in score) return score;
  const { symbol, interval } = record;
  const key = `${symbol}|${interval}`;
  const known = state.get(key) ?? emptyState;
  if (known.pending.some(({ scoreId }) => scoreId === score.scoreId)) return duplicate;
  const waits = !isRead(known, score);
  const queue = waits ? [...known.pending, score] : known.pending;
  const ready = waits ? queue.slice(0, Math.max(0, queue.length - pendingScores)) : [score];
  const pending = waits ? queue.slice(ready.length) : queue;
  const { after, records } = answer({ ...known, pending }, ready, { symbol, interval, calendar });
  state.set(key, after);
  return records.length > 0 ? emit(...records) : join;
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

/** Forecast and signal of each score, from the bars up to the one it names. */
function answer(
  state: ForecastsState,
  scores: readonly PendingScore[],
  { symbol, interval, calendar }: Context,
): { after: ForecastsState; records: Output<Out>[] } {
  const records: Output<Out>[] = [];
  let { asOf } = state;
  for (const score of scores) {
    const bars = state.recent.filter(({ time }) => time <= score.barTime);
    const subject = {
      symbol,
      interval,
      asOf: Math.max(asOf, score.asOf, ...bars.map(({ availableAt }) => availableAt)),
    };
    const forecast = makeForecast(score, coreAt(state, score.barTime, stepCore), subject, calendar);
    if (forecast === undefined) continue;
    asOf = forecast.asOf;
    records.push({ topic: "forecasts", record: forecast }, { topic: "signals", record: makeSignal(score, forecast) });
  }
  return { after: { ...state, asOf }, records };
}
