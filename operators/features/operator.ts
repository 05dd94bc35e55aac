/**
 * Bars, sentiments and cross-sections in, feature vectors out: one vector of each served set for every bar and every
 * sentiment of a symbol that is warm. A cross-section only updates the state: the next vector has it.
 *
 * State, by symbol: the news, the bars of the interval the symbol was first seen with, the number of the last trigger. Bars
 * of any other interval are kept under `symbol|interval` and give vectors of their own with the same news; a sentiment
 * gives vectors with the bars under the symbol's own key, by the calendar of the latest of them. `market|interval` holds the latest
 * cross-section; `market|interval|calendar` that of a calendar other than XNYS: a symbol reads that of its own.
 *
 * A bar whose price cannot be (series/price-guard.ts) is held back in the state of its series, until the next one lets it in.
 *
 * The ids of sentiments are not remembered: the sentiment stage writes each once.
 */
import type { Bar, FeaturesState, FeatureVector, MarketContext, NewsSentiment } from "../../schemas/generated/types.js";
import { defaultCalendar, type CalendarLookup, type ExchangeCalendar } from "../calendar/calendar.js";
import { notFinite } from "../finite.js";
import { marketKey } from "../market/market.js";
import { absorb, duplicate, emit, type KeyedState, type Operator, type Outcome, reject } from "../operator.js";
import { beyond, calendarOfBar, noCalendar } from "../series/bar-calendar.js";
import { checkBar } from "../series/check-bar.js";
import { guardedBars, guardPrice, takeEach } from "../series/price-guard.js";
import { computeValues, type FeatureSet } from "./feature-set.js";
import { memory, versionOf } from "./layout.js";
import { decayedSentiment } from "./news/decayed-sentiment.js";
import { stepNews } from "./news/news-state.js";
import { takeBar } from "./series.js";
import { vectorId } from "./vector-id.js";
import { FeatureView } from "./view.js";

export interface FeaturesServices {
  /** By Bar.calendar: sessions, and the time zone of the time of day and the day of the week. */
  readonly calendars: CalendarLookup;
  /** What to serve: a vector of each for every trigger. */
  readonly sets: readonly FeatureSet[];
}

export type FeaturesInput = "market.bars" | "market.context" | "news.sentiment";
type FeaturesOutcome = Outcome<"features">;
type State = KeyedState<FeaturesState>;

const emptyState: FeaturesState = {
  version: versionOf(defaultCalendar),
  interval: "",
  asOf: 0,
  sequence: 0,
  series: null,
  news: null,
  market: null,
  held: null,
  calendar: defaultCalendar,
};

/** Key of the cross-section; no symbol holds a bar. */
const contextKey = (interval: string, calendar: string): string => `market|${marketKey(interval, calendar)}`;

export const features = {
  name: "features",
  process(batch, state, services) {
    const vectors = new VectorWriter(services);
    const { calendars } = services;
    return batch.map((input) => {
      switch (input.topic) {
        case "market.bars":
          return readMarketBar(input.record, state, vectors, calendars);
        case "market.context":
          return readContext(input.record, state);
        case "news.sentiment":
          return readSentiment(input.record, state, vectors, calendars);
      }
    });
  },
} satisfies Operator<FeaturesInput, "features", FeaturesState, FeaturesServices>;

function readMarketBar(
  bar: Readonly<Bar>,
  state: State,
  vectors: VectorWriter,
  calendars: CalendarLookup,
): FeaturesOutcome {
  const fault = checkBar(bar);
  if (fault) return fault;
  const calendar = calendarOfBar(bar, calendars);
  if ("kind" in calendar) return calendar;
  const { key, known } = seriesOf(bar, state);
  const verdict = guardPrice(guardedBars(known.series?.recent ?? [], known.held), bar);
  if (verdict.kind === "duplicate") return duplicate;
  if (verdict.held !== known.held) state.set(key, { ...known, held: verdict.held });
  if (verdict.kind === "hold") return verdict.rejection;
  return takeEach(verdict.bars, bar, (taken) => takeSoundBar(taken, state, vectors, { given: calendar, calendars }));
}

/** Where the bar's series is kept: with the symbol's news, or under a key of its own. */
function seriesOf(bar: Readonly<Bar>, state: State) {
  const own = state.get(bar.symbol) ?? emptyState;
  const isOwn = own.interval === bar.interval || own.interval === "";
  const key = isOwn ? bar.symbol : `${bar.symbol}|${bar.interval}`;
  return { own, isOwn, key, known: isOwn ? own : (state.get(key) ?? emptyState) };
}

/** @param given the bar's calendar; of one that was held back, that of the bar that lets it in */
function takeSoundBar(
  bar: Readonly<Bar>,
  state: State,
  vectors: VectorWriter,
  { given, calendars }: { readonly given: ExchangeCalendar; readonly calendars: CalendarLookup },
): FeaturesOutcome {
  const { own, isOwn, key, known } = seriesOf(bar, state);
  const latest = known.series?.recent.at(-1)?.time ?? -Infinity;
  // What an older bar was traded by says nothing of the symbol now; a calendar that is not known any more is replaced.
  const calendar = bar.eventTime >= latest ? given : (calendars(known.calendar) ?? given);
  const market = state.get(contextKey(bar.interval, calendar.name))?.market ?? null;
  const series = takeBar(known.series, bar, (time) =>
    market !== null && market.eventTime === time ? market.meanReturn : null,
  );
  if (series === "duplicate") return duplicate;
  if (series === "too old") {
    const oldest = new Date(known.series?.recent[0]?.time ?? 0).toISOString();
    return reject(
      "BAR_TOO_OLD",
      `a bar of ${bar.symbol} from ${new Date(bar.eventTime).toISOString()}; the oldest that can be corrected is of ${oldest}`,
    );
  }
  const isWarm = vectors.isWarm(series.current);
  const asOf = Math.max(own.asOf, bar.availableAt, isWarm ? (market?.asOf ?? 0) : 0);
  const sequence = own.sequence + (isWarm ? 1 : 0);
  const by = { calendar: calendar.name, version: versionOf(calendar.name) };
  const next = { ...known, interval: bar.interval, asOf, sequence, series, ...by };
  state.set(key, next);
  if (!isOwn) state.set(bar.symbol, { ...own, asOf, sequence, version: versionOf(own.calendar) });
  return isWarm ? vectors.write(bar, "bar", { ...next, news: own.news, market }, calendar) : absorb;
}

function readSentiment(
  article: Readonly<NewsSentiment>,
  state: State,
  vectors: VectorWriter,
  calendars: CalendarLookup,
): FeaturesOutcome {
  const fault = notFinite(article);
  if (fault !== undefined) return reject("NOT_FINITE", `${fault} is not finite`);
  if (Math.abs(article.score) > 1) return reject("INVALID_FIELD", `score ${article.score} is not in [-1, 1]`);
  const known = state.get(article.symbol) ?? emptyState;
  const market = state.get(contextKey(known.interval, known.calendar))?.market ?? null;
  const isWarm = known.series !== null && vectors.isWarm(known.series.current);
  const asOf = Math.max(known.asOf, article.asOf, isWarm ? (market?.asOf ?? 0) : 0);
  const calendar = calendars(known.calendar);
  if (isWarm) {
    const unknown = calendar ? beyond(calendar, `news of ${article.symbol}`, asOf) : noCalendar(known.calendar);
    if (unknown) return unknown;
  }
  const news = stepNews(known.news, article, asOf);
  const version = versionOf(known.calendar);
  const next = { ...known, asOf, news, sequence: known.sequence + (isWarm ? 1 : 0), version };
  state.set(article.symbol, next);
  return isWarm && calendar ? vectors.write(article, "sentiment", { ...next, market }, calendar) : absorb;
}

function readContext(context: Readonly<MarketContext>, state: State): FeaturesOutcome {
  const fault = notFinite(context);
  if (fault !== undefined) return reject("NOT_FINITE", `${fault} is not finite`);
  const key = contextKey(context.interval, context.calendar);
  const known = state.get(key);
  if (known?.market && known.market.sequence >= context.sequence) return duplicate;
  const { interval, asOf, calendar } = context;
  state.set(key, { ...emptyState, interval, asOf, market: context, calendar, version: versionOf(calendar) });
  return absorb;
}

/** Makes the records of one trigger: one of each set that is warm. */
class VectorWriter {
  readonly #sets: readonly FeatureSet[];
  readonly #views = new Map<ExchangeCalendar, FeatureView>();
  readonly #warmUp: number;

  constructor({ sets }: FeaturesServices) {
    this.#sets = sets;
    this.#warmUp = Math.min(...sets.map(({ warmUpBars }) => warmUpBars));
  }

  /** Whether any set is. */
  isWarm(known: readonly number[]): boolean {
    return (known[memory.bars] ?? 0) >= this.#warmUp;
  }

  write(
    trigger: Readonly<Bar> | Readonly<NewsSentiment>,
    kind: FeatureVector["trigger"],
    { interval, asOf, sequence, series, news, market }: FeaturesState,
    calendar: ExchangeCalendar,
  ): FeaturesOutcome {
    const bar = series?.recent.at(-1);
    if (!series || !bar) throw new Error(`${trigger.symbol} is warm without a bar`);
    const bars = series.current[memory.bars] ?? 0;
    const view = this.#viewOf(calendar);
    view.open(series, { asOf, interval, news, market });
    const { mean, count } = decayedSentiment(news, asOf);
    const records = this.#sets
      .filter(({ warmUpBars }) => bars >= warmUpBars)
      .map((set) => ({
        topic: "features" as const,
        record: {
          id: vectorId(set.id, trigger.id, trigger.symbol),
          symbol: trigger.symbol,
          featureSet: set.id,
          values: computeValues(set, view),
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
          sentimentModel: news?.model ?? null,
          marketId: market?.id ?? null,
        },
      }));
    return emit(...records);
  }

  #viewOf(calendar: ExchangeCalendar): FeatureView {
    let view = this.#views.get(calendar);
    if (view === undefined) this.#views.set(calendar, (view = new FeatureView(calendar)));
    return view;
  }
}
