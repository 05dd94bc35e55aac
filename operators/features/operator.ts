/**
 * Bars and sentiments in, feature vectors out: one vector for every bar and every sentiment of a symbol that is warm.
 *
 * State, by symbol: the bars of the interval the symbol was first seen with, the decayed sentiment, the number of the last
 * vector. Bars of any other interval are kept under `symbol|interval` and give vectors of their own with the same
 * sentiment; a sentiment gives one vector, with the bars under the symbol's own key.
 *
 * The ids of sentiments are not remembered: the sentiment stage writes each once.
 */
import type { Bar, FeaturesState, FeatureVector, NewsSentiment } from "../../schemas/generated/types.js";
import type { ExchangeCalendar } from "../calendar/calendar.js";
import { notFinite } from "../finite.js";
import { duplicate, emit, join, type KeyedState, type Operator, type Outcome, reject } from "../operator.js";
import { recordId } from "../record-id.js";
import { checkBar } from "../series/check-bar.js";
import { readBar } from "../series/revisable-series.js";
import { emptyCore, stepCore } from "./core.js";
import { computeValues, featureSet, warmUpBars } from "./feature-set.js";
import { localTime } from "./indicators/local-time.js";
import { noSentiment, sentimentAt, stepSentiment } from "./indicators/sentiment-decay.js";

export interface FeaturesServices {
  /** Its time zone is what the time of day and the day of the week are told in. */
  readonly calendar: Pick<ExchangeCalendar, "timeZone">;
}

type FeaturesOutcome = Outcome<"features">;
type LocalTime = ReturnType<typeof localTime>;

const emptyState: FeaturesState = {
  interval: "",
  asOf: 0,
  sequence: 0,
  sentiment: noSentiment,
  base: emptyCore,
  recent: [],
  current: emptyCore,
};

export const features = {
  name: "features",
  process(batch, state, { calendar }) {
    const local = localTimeOf(calendar.timeZone);
    return batch.map((input) =>
      input.topic === "market.bars"
        ? readMarketBar(input.record, state, local)
        : readSentiment(input.record, state, local),
    );
  },
} satisfies Operator<"market.bars" | "news.sentiment", "features", FeaturesState, FeaturesServices>;

function readMarketBar(bar: Readonly<Bar>, state: KeyedState<FeaturesState>, local: LocalTime): FeaturesOutcome {
  const fault = checkBar(bar);
  if (fault) return fault;
  const own = state.get(bar.symbol) ?? emptyState;
  const isOwn = own.interval === bar.interval || own.interval === "";
  const key = isOwn ? bar.symbol : `${bar.symbol}|${bar.interval}`;
  const known = isOwn ? own : (state.get(key) ?? emptyState);
  const series = readBar(known, bar, stepCore);
  if (series === "duplicate") return duplicate;
  if (series === "too old") {
    return reject(
      "BAR_TOO_OLD",
      `a bar of ${bar.symbol} from ${isoTime(bar.eventTime)}; the oldest that can be corrected is of ${isoTime(known.recent[0]?.time)}`,
    );
  }
  const isWarm = series.current.bars >= warmUpBars;
  const asOf = Math.max(own.asOf, bar.availableAt);
  const sequence = own.sequence + (isWarm ? 1 : 0);
  const { base, recent, current } = series;
  const next = { interval: bar.interval, asOf, sequence, sentiment: known.sentiment, base, recent, current };
  state.set(key, next);
  if (!isOwn) state.set(bar.symbol, { ...own, asOf, sequence });
  return isWarm ? emitVector(bar, "bar", { ...next, sentiment: own.sentiment }, local) : join;
}

function readSentiment(
  article: Readonly<NewsSentiment>,
  state: KeyedState<FeaturesState>,
  local: LocalTime,
): FeaturesOutcome {
  const fault = notFinite(article);
  if (fault !== undefined) return reject("NOT_FINITE", `${fault} is not finite`);
  if (Math.abs(article.score) > 1) return reject("INVALID_FIELD", `score ${article.score} is not in [-1, 1]`);
  const known = state.get(article.symbol) ?? emptyState;
  const isWarm = known.current.bars >= warmUpBars;
  const asOf = Math.max(known.asOf, article.asOf);
  const sentiment = stepSentiment(known.sentiment, article, asOf);
  const next = { ...known, asOf, sentiment, sequence: known.sequence + (isWarm ? 1 : 0) };
  state.set(article.symbol, next);
  return isWarm ? emitVector(article, "sentiment", next, local) : join;
}

function emitVector(
  trigger: Readonly<Bar> | Readonly<NewsSentiment>,
  kind: FeatureVector["trigger"],
  { interval, asOf, sequence, sentiment, recent, current }: FeaturesState,
  local: LocalTime,
): FeaturesOutcome {
  const bar = recent.at(-1);
  if (bar === undefined) throw new Error(`${trigger.symbol} is warm without a bar`);
  const { mean, count } = sentimentAt(sentiment, asOf);
  const moment = { sentimentMean: mean, sentimentCount: count, ...local(asOf) };
  const record: FeatureVector = {
    id: recordId("features", trigger.id, trigger.symbol),
    symbol: trigger.symbol,
    featureSet: featureSet.id,
    values: computeValues(current, moment),
    triggerId: trigger.id,
    trigger: kind,
    sequence,
    eventTime: trigger.eventTime,
    asOf,
    origin: trigger.origin,
    interval,
    barId: bar.id,
    barTime: bar.time,
    close: bar.close,
    sentimentMean: mean,
    sentimentCount: count,
    sentimentModel: sentiment.model,
  };
  return emit({ topic: "features", record });
}

const localTimes = new Map<string, LocalTime>();

/** Time zones are few, and each keeps the offsets it has looked up. */
function localTimeOf(timeZone: string): LocalTime {
  let known = localTimes.get(timeZone);
  if (known === undefined) localTimes.set(timeZone, (known = localTime(timeZone)));
  return known;
}

const isoTime = (time: number | undefined): string => (time === undefined ? "never" : new Date(time).toISOString());
