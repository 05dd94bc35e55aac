// Generated from schemas/*.avsc by "npm run generate". Do not edit.

export type FeatureTrigger = "bar" | "sentiment";

/** live: arrived as it happened; backfill: loaded from history. Inherited by every output. */
export type Origin = "live" | "backfill";

/** The features of one symbol after one event. Key: symbol. */
export interface FeatureVector {
  /** Hash of the trigger's id, stage and symbol. */
  id: string;
  /** Ticker symbol. */
  symbol: string;
  /** Id of the feature set: names and order of the values. */
  featureSet: string;
  /** One finite number a feature, in the order of the feature set. */
  values: number[];
  /** Id of the bar or sentiment that caused this vector. */
  triggerId: string;
  /** What caused this vector. */
  trigger: FeatureTrigger;
  /** Number of this vector among its symbol's, from 1. */
  sequence: number;
  /** Event time of the trigger. */
  eventTime: number;
  /** Latest availableAt of everything used; never goes back for a symbol. */
  asOf: number;
  /** Origin of the trigger. */
  origin: Origin;
  /** Interval of the bars used. */
  interval: string;
  /** Latest bar used. */
  barId: string;
  /** Close time of the latest bar used. */
  barTime: number;
  /** Close of the latest bar used, as traded. */
  close: number;
  /** Decayed mean sentiment at asOf, in [−1, 1]; what explains a signal. */
  sentimentMean: number;
  /** Decayed number of articles at asOf. */
  sentimentCount: number;
  /** name@version of the transformer behind the latest sentiment used. */
  sentimentModel: null | string;
  /** Cross-section of the market used; null when none was known. */
  marketId: null | string;
}

/** Adjusted prices and volumes of the settled bars, oldest first: what indicators over a window need besides the recent bars. */
export interface SettledWindow {
  /** Opens, at most 17. */
  opens: number[];
  /** Highs, at most 17. */
  highs: number[];
  /** Lows, at most 17. */
  lows: number[];
  /** Closes, at most 36. */
  closes: number[];
  /** Volumes, at most 17. */
  volumes: number[];
}

/** A bar that can still be corrected. */
export interface KeptBar {
  /** Bar.id. */
  id: string;
  /** Bar.eventTime. */
  time: number;
  /** Bar.availableAt. */
  availableAt: number;
  /** Bar.open. */
  open: number;
  /** Bar.high. */
  high: number;
  /** Bar.low. */
  low: number;
  /** Bar.close. */
  close: number;
  /** Bar.volume. */
  volume: number;
  /** Bar.adjustment. */
  adjustment: number;
  /** Ids of the versions it replaced, latest last. */
  superseded: string[];
  /** Bar.split. */
  split: number;
  /** Bar.dividendFactor. */
  dividendFactor: number;
}

/** The bars: what those that are settled amount to, those that can still be corrected, and what all amount to. */
export interface FeaturesSeries {
  /** Settled bars. */
  window: SettledWindow;
  /** Memory of the recursive indicators after the last settled bar, laid out as in operators/features/layout.ts. */
  base: number[];
  /** The last bars, oldest first; at most 5. */
  recent: KeptBar[];
  /** For each recent bar the mean return of the market at the bar before it, as known when it came; null when unknown. */
  markets: (null | number)[];
  /** Memory of the recursive indicators after every bar. */
  current: number[];
}

/** The symbol's usual article: exponentially weighted over its articles. */
export interface ScoreHistory {
  /** Articles taken in. */
  count: number;
  /** Mean score. */
  mean: number;
  /** Variance of the score. */
  variance: number;
}

/** The articles of the symbol. */
export interface NewsState {
  /** Event time of the youngest article: the sums are as of then. */
  time: number;
  /** name@version of the transformer behind the article that came last. */
  model: null | string;
  /** Sums over the articles, each weighing 2^−(age / half-life): for each half-life, shortest first, those of the weight, of weight × score, of weight × (score − weighted mean)² and of the weight of negative articles. */
  decays: number[];
  /** What is usual for the symbol. */
  history: ScoreHistory;
  /** The last articles with a fingerprint, by publication; at most 8. For each when it was published, and the upper and lower half of NewsSentiment.fingerprint. */
  stories: number[];
  /** Novelty of the last article, in [0, 1]. */
  novelty: number;
  /** When the symbol's last report began: the first of two articles about results within two days. */
  report: null | number;
  /** When the symbol's last article about results was published. */
  reportArticle: null | number;
  /** Usual time between reports, in days. */
  reportGap: number;
}

/** The cross-section of all symbols of one calendar at one bar time of one interval. Key: partition number; the same record goes to every partition. */
export interface MarketContext {
  /** Hash of stage, interval, event time, sequence and, unless it is XNYS, calendar. */
  id: string;
  /** Interval of the bars. */
  interval: string;
  /** Close time of the bars. */
  eventTime: number;
  /** Latest availableAt of everything used. */
  asOf: number;
  /** Origin of the bar on which it was said: the one that completed it, or the first of a later time. */
  origin: Origin;
  /** Number of this record among those of its interval and calendar, from 1. */
  sequence: number;
  /** Symbols with a return at this time; at least 1. */
  symbols: number;
  /** (Symbols that rose − symbols that fell) / symbols, in [−1, 1]. */
  breadth: number;
  /** Mean log return, adjusted, close to close. */
  meanReturn: number;
  /** Standard deviation of the log returns over the symbols (of the population); 0 for a single one. */
  dispersion: number;
  /** Root of the mean of Parkinson's variance ln(high / low)² / (4 ln 2) over all symbols with a bar at this time, per bar. */
  rangeVolatility: number;
  /** Quantiles of the log returns at 0, 5, …, 100 %, interpolated linearly: 21 numbers, ascending. */
  quantiles: number[];
  /** Median of the log returns; null in records of before this field. */
  medianReturn: null | number;
  /** Mean of the log returns after the lowest and the highest fifth were set to the nearest return within; null in records of before this field. */
  winsorisedReturn: null | number;
  /** Median of |log return − median| / 0.6745: the dispersion, if the returns are normal; null in records of before this field. */
  medianDeviation: null | number;
  /** Bar.calendar of the bars: each calendar is a market of its own. */
  calendar: string;
}

/** A bar whose price cannot be by the bars around it: let in when the next one is at its level. */
export interface HeldBar {
  /** Bar.id. */
  id: string;
  /** Bar.eventTime. */
  eventTime: number;
  /** Bar.availableAt. */
  availableAt: number;
  /** Bar.origin. */
  origin: Origin;
  /** Bar.open. */
  open: number;
  /** Bar.high. */
  high: number;
  /** Bar.low. */
  low: number;
  /** Bar.close. */
  close: number;
  /** Bar.volume. */
  volume: number;
  /** Bar.adjustment. */
  adjustment: number;
  /** Bar.split. */
  split: number;
  /** Bar.dividendFactor. */
  dividendFactor: number;
}

/** State of the features stage. Key: symbol, for its news and the bars of the interval it was first seen with; symbol|interval for bars of any other; market|interval for the cross-section, market|interval|calendar for that of a calendar other than XNYS. */
export interface FeaturesState {
  /** Version of this layout and of what is kept in it; a state of another version is refused: rebuild the stage. */
  version: number;
  /** Interval of the bars; empty before the first. */
  interval: string;
  /** Latest availableAt of everything taken in. */
  asOf: number;
  /** Number of the symbol's last trigger that gave vectors. */
  sequence: number;
  /** Bars; none before the first. */
  series: null | FeaturesSeries;
  /** News; none before the first article, and kept under the symbol's own key alone. */
  news: null | NewsState;
  /** The latest cross-section; under market|interval and market|interval|calendar alone. */
  market: null | MarketContext;
  /** The last bar that was held back; null when none waits. */
  held: null | HeldBar;
  /** Bar.calendar of the latest bar of the series. */
  calendar: string;
}

/** One method's view of the return to the target time. */
export interface ForecastMethod {
  /** A forecasting method by its name, or combined. */
  method: string;
  /** Quantile levels, ascending. */
  levels: number[];
  /** Simple-return quantiles at those levels, ascending. */
  quantiles: number[];
  /** Standard deviation of the return over the horizon. */
  volatility: number;
}

/** Quantiles of the return to the target time, per method and combined. Key: symbol. */
export interface Forecast {
  /** Hash of the score's id, stage and symbol. */
  id: string;
  /** Ticker symbol. */
  symbol: string;
  /** Score.id. */
  scoreId: string;
  /** Score.sequence. */
  sequence: number;
  /** Event time of the trigger. */
  eventTime: number;
  /** Latest availableAt of everything used. */
  asOf: number;
  /** live or backfill. */
  origin: Origin;
  /** Interval of the bars used. */
  interval: string;
  /** Latest bar used. */
  barId: string;
  /** Close time of that bar. */
  barTime: number;
  /** Its close, as traded: what returns are relative to. */
  close: number;
  /** Close time of the bar that is forecast: the first one that lies after both barTime and asOf. */
  targetTime: number;
  /** Bars of the interval from barTime to targetTime: 1 unless bars are missing, at most 22 however many are. */
  horizon: number;
  /** Methods used, and what they come to: the one named combined. */
  methods: ForecastMethod[];
  /** name@version of the quantile model, or of the method where no model took part. */
  modelVersion: string;
}

/** The log-range HAR model and the sums it is fitted from. */
export interface HarState {
  /** Range variances of the last 22 bars, oldest first. */
  variances: number[];
  /** Rows that were summed up. */
  rows: number;
  /** Sums of the products of each two of (1, daily, weekly, monthly, next), upper triangle row by row; empty before the first row. */
  products: number[];
  /** Of (1, daily, weekly, monthly); empty before the first fit. */
  coefficients: number[];
  /** Rows since coefficients were fitted. */
  sinceFit: number;
  /** Sum of variance / unscaled forecast. */
  ratios: number;
  /** Number of terms in ratios. */
  ratioCount: number;
}

/** What one forecasting method keeps of the bars. */
export interface MethodState {
  /** ForecastingMethod.version: a state of another one begins anew. */
  version: number;
  /** Bars taken in since it began. */
  bars: number;
  /** The method's own, by name; see its file. */
  numbers: Record<string, number | number[]>;
}

/** What all bars up to one amount to. */
export interface ForecastsCore {
  /** Bars taken in. */
  bars: number;
  /** The last adjusted close; 0 before the first. */
  close: number;
  /** numbers.variance of naive, version 1, for builds that know no methods; 0 in other versions. */
  returnVariance: number;
  /** numbers of har, version 1, for builds that know no methods; empty in other versions. */
  har: HarState;
  /** Product of all splits and dividend factors so far: prices are multiplied by it. */
  priceFactor: number;
  /** By name of the method. */
  methods: Record<string, MethodState>;
}

/** What a forecast and a signal need of a score. */
export interface PendingScore {
  /** Score.id. */
  scoreId: string;
  /** Score.sequence. */
  sequence: number;
  /** Score.eventTime. */
  eventTime: number;
  /** Score.asOf. */
  asOf: number;
  /** Score.origin. */
  origin: Origin;
  /** Score.barId. */
  barId: string;
  /** Score.barTime. */
  barTime: number;
  /** Score.close. */
  close: number;
  /** Score.sentimentMean. */
  sentimentMean: number;
  /** Score.sentimentCount. */
  sentimentCount: number;
  /** Probability of a rise. */
  direction: null | number;
  /** Probability of a large move. */
  move: null | number;
  /** Levels of quantiles, ascending; empty without a return model. */
  levels: number[];
  /** Return quantiles as the model gave them, one a level. */
  quantiles: number[];
  /** name@version of the return model. */
  model: null | string;
  /** Signal.trained of the score's models. */
  trained: null | boolean;
}

/** State of the forecasts stage. Key: symbol|interval. */
export interface ForecastsState {
  /** Forecast.asOf of the last forecast; 0 before the first. */
  asOf: number;
  /** After every bar before recent. */
  base: ForecastsCore;
  /** The last bars, oldest first; at most 5. */
  recent: KeptBar[];
  /** After every bar. */
  current: ForecastsCore;
  /** Scores whose bar has not been read yet, oldest first; at most 16. */
  pending: PendingScore[];
  /** Version of this layout; 0: before it was told. */
  version: number;
  /** The last bar that was held back; null when none waits. */
  held: null | HeldBar;
  /** Bar.calendar of the latest bar. */
  calendar: string;
}

/** One OHLCV bar of one symbol. Key: symbol. */
export interface Bar {
  /** Hash of symbol, interval, close time and content: a corrected bar has another id. */
  id: string;
  /** Ticker symbol. */
  symbol: string;
  /** Span of the bar: 1d, 1m, … */
  interval: string;
  /** Close time of the bar. */
  eventTime: number;
  /** When a live system could have known it (live: arrival). */
  availableAt: number;
  /** live or backfill. */
  origin: Origin;
  /** First price. */
  open: number;
  /** Highest price. */
  high: number;
  /** Lowest price. */
  low: number;
  /** Last price. */
  close: number;
  /** Shares traded. */
  volume: number;
  /** Adjusted close / close, of a history that is adjusted already: only ratios between bars of one series mean anything. */
  adjustment: number;
  /** New shares for one old, effective at this bar's open: 2 on the first bar after a 2:1 split, else 1. */
  split: number;
  /** Close before / (close before − dividend) for a cash dividend that this bar's open is the first without, else 1. */
  dividendFactor: number;
  /** Somebody has looked at its price and accepts it: it is not held back, however far it is from the bars around it. `newstape rejected replay` sets it. Not part of the id. */
  confirmed: boolean;
  /** Calendar of the exchange, by its MIC (XLON) or 24/7, 24/5, or one of one's own: it says when the next bar is due. No part of the id. */
  calendar: string;
}

/** The cross-section of the latest bar time. */
export interface MarketSection {
  /** Close time of the bars. */
  time: number;
  /** Latest availableAt of its bars, and of all before. */
  asOf: number;
  /** Number of this section among its interval's, from 1. */
  number: number;
  /** Symbols with a bar at this time. */
  reported: number;
  /** Symbols with a bar at the time before: when as many have reported, the section is complete. 0 for the first. */
  expected: number;
  /** Number of the last record of the interval and calendar. */
  sequence: number;
  /** True when a bar of this section came after the last record. */
  changed: boolean;
}

/** The latest bar of one symbol. */
export interface MarketMember {
  /** Symbol. */
  symbol: string;
  /** Close time of its latest bar. */
  time: number;
  /** Close × adjustment of its latest bar. */
  close: number;
  /** Close × adjustment of the bar before; 0 for the first. */
  before: number;
  /** ln(high / low)². */
  squaredRange: number;
  /** split × dividendFactor of its latest bar: the log return is ln(close × factor / before). */
  factor: number;
  /** Number of the section in which it was last seen. */
  section: number;
}

/** What the next bar of one symbol is compared with. */
export interface SymbolGuard {
  /** Symbol. */
  symbol: string;
  /** The last bars taken in, oldest first, at most 5: of each Bar.eventTime, close × adjustment, and split × dividendFactor. */
  marks: number[];
  /** The last bar that was held back; null when none waits. */
  held: null | HeldBar;
}

/** State of the market stage. Key: section|interval for the cross-section in work, members|interval|bucket for the symbols whose hash falls into a bucket; section|interval|calendar and members|interval|calendar|bucket for a calendar other than XNYS; guards|interval|bucket, whatever the calendar. */
export interface MarketState {
  /** Cross-section in work. */
  section: null | MarketSection;
  /** Symbols of the bucket, by symbol. */
  members: MarketMember[];
  /** Symbols of the bucket, by symbol; here to stay, as a price is compared with the last one however old. */
  guards: SymbolGuard[];
}

/** A model version that can be served. */
export interface ModelVersion {
  /** Model name. */
  name: string;
  /** Model version. */
  version: string;
  /** sentiment | direction | move | return */
  task: string;
  /** Directory of the artefact, relative to the artefact root. */
  path: string;
  /** SHA-256 of the model file, hexadecimal. */
  sha256: string;
  /** Feature set it was trained on; null for sentiment. */
  featureSet: null | string;
  /** False when it may no longer be routed to. */
  active: boolean;
  /** The model card, JSON. */
  card: string;
}

export interface RouteArm {
  /** Name of the arm: champion, challenger, … */
  arm: string;
  /** name@version. */
  model: string;
  /** Share of symbols, in [0, 1]; shares sum to 1. */
  share: number;
}

/** Which model versions serve a task. */
export interface Route {
  /** sentiment | direction | move | return */
  task: string;
  /** Arms of the experiment; one with share 1 when there is none. */
  arms: RouteArm[];
}

/** A model version or a route; a consumer ignores a revision that is not higher. Key: name@version, or route:<task>. */
export interface RegistryRecord {
  /** The record's key. */
  key: string;
  /** Rises with every change of the key. */
  revision: number;
  /** When it changed. */
  updatedAt: number;
  /** Set for a model version. */
  model: null | ModelVersion;
  /** Set for a route. */
  route: null | Route;
}

/** One news article, headline or post, as it arrived. Key: id. */
export interface NewsArticle {
  /** Hash of the canonical URL, or of source and sourceId where there is none. */
  id: string;
  /** Where it came from, e.g. a feed's name. */
  source: string;
  /** The source's own identifier. */
  sourceId: string;
  /** Canonical URL. */
  url: null | string;
  /** Headline or text, as published. */
  headline: string;
  /** Ticker symbols it speaks of, upper case, sorted, without repeats. */
  symbols: string[];
  /** When it was published. */
  eventTime: number;
  /** When a live system could have known it (live: arrival). */
  availableAt: number;
  /** live or backfill. */
  origin: Origin;
}

export type SentimentLabel = "negative" | "neutral" | "positive";

/** Probabilities of the three classes; they sum to 1. */
export interface SentimentProbabilities {
  /** P(negative) */
  negative: number;
  /** P(neutral) */
  neutral: number;
  /** P(positive) */
  positive: number;
}

/** The model that was used: what replay needs to compute the same again. */
export interface ModelReference {
  /** Registered model name. */
  name: string;
  /** Registered model version. */
  version: string;
  /** SHA-256 of the model file, hexadecimal. */
  sha256: string;
}

/** Sentiment of one article towards one symbol. Key: symbol. */
export interface NewsSentiment {
  /** Hash of article id, stage and symbol. */
  id: string;
  /** NewsArticle.id. */
  articleId: string;
  /** Ticker symbol. */
  symbol: string;
  /** When the article was published. */
  eventTime: number;
  /** Latest availableAt of everything used. */
  asOf: number;
  /** live or backfill. */
  origin: Origin;
  /** P(positive) − P(negative) of the blend, in [−1, 1]. */
  score: number;
  /** Most probable class of the blend. */
  label: SentimentLabel;
  /** Probability of the label, in [0, 1]. */
  confidence: number;
  /** Blended, calibrated probabilities. */
  blend: SentimentProbabilities;
  /** The transformer's calibrated probabilities; null when it was not used. */
  transformer: null | SentimentProbabilities;
  /** VADER's negative, neutral and positive shares. */
  vader: SentimentProbabilities;
  /** VADER's compound score, in [−1, 1]. */
  vaderCompound: number;
  /** The transformer used; null when VADER stood in alone. */
  model: null | ModelReference;
  /** Arm of the experiment on the route that served this symbol. */
  arm: string;
  /** True when a part that should have taken part was unavailable. */
  degraded: boolean;
  /** SimHash of the headline's words, 8 bytes: few differing bits are few differing words. Empty when there are no words. */
  fingerprint: Buffer;
  /** True when the headline speaks of the symbol's own results (earnings, a quarter, EPS). */
  report: boolean;
}

/** One target's score. */
export interface TargetScore {
  /** direction | move | return */
  target: string;
  /** direction, move: [probability]; return: one quantile a level. */
  values: number[];
  /** Quantile levels of values; empty for a probability. */
  levels: number[];
  /** The model used. */
  model: ModelReference;
  /** Arm of the experiment. */
  arm: string;
  /** Whether the symbol is among those that the model was trained on; null where its card does not tell. */
  trained: null | boolean;
}

/** Every target's score for one feature vector, and that vector. Key: symbol. */
export interface Score {
  /** Hash of the vector's id, stage and symbol. */
  id: string;
  /** Ticker symbol. */
  symbol: string;
  /** FeatureVector.id. */
  vectorId: string;
  /** Id of the feature set. */
  featureSet: string;
  /** The feature vector scored. */
  values: number[];
  /** One entry a target, sorted by target. */
  targets: TargetScore[];
  /** FeatureVector.sequence. */
  sequence: number;
  /** Event time of the vector's trigger. */
  eventTime: number;
  /** FeatureVector.asOf. */
  asOf: number;
  /** live or backfill. */
  origin: Origin;
  /** Interval of the bars used. */
  interval: string;
  /** Latest bar used. */
  barId: string;
  /** Close time of that bar. */
  barTime: number;
  /** Its close, as traded. */
  close: number;
  /** Decayed mean sentiment. */
  sentimentMean: number;
  /** Decayed number of articles. */
  sentimentCount: number;
  /** name@version of the transformer behind the latest sentiment used. */
  sentimentModel: null | string;
}

/** An article that the sentiment stage has seen. Key: article id. */
export interface SentimentState {
  /** NewsArticle.availableAt; the entry is kept for 30 days of the articles' own time after it. */
  availableAt: number;
}

export type SignalDirection = "down" | "flat" | "up";

/** What spoke for the signal. */
export interface SignalReason {
  /** sentiment | direction | move | expected-return | volatility */
  name: string;
  /** Its value. */
  value: number;
  /** Signed contribution to strength. */
  weight: number;
}

/** Direction, strength and confidence for one symbol, and why. Key: symbol. */
export interface Signal {
  /** Hash of the forecast's id, stage and symbol. */
  id: string;
  /** Ticker symbol. */
  symbol: string;
  /** Forecast.id. */
  forecastId: string;
  /** Score.id. */
  scoreId: string;
  /** Score.sequence. */
  sequence: number;
  /** Event time of the trigger. */
  eventTime: number;
  /** Latest availableAt of everything used. */
  asOf: number;
  /** live or backfill. */
  origin: Origin;
  /** Expected direction to validUntil. */
  direction: SignalDirection;
  /** Signed strength, in [−1, 1]. */
  strength: number;
  /** Probability of the direction, in [0, 1]. */
  confidence: number;
  /** Close time of the latest bar used. */
  barTime: number;
  /** Its close, as traded. */
  close: number;
  /** When the signal ends: close of the bar that is forecast (Forecast.targetTime). */
  validUntil: number;
  /** What drove it. */
  reasons: SignalReason[];
  /** Whether the symbol is among those that the models behind it were trained on: false when it is not for one of them, null when that is not known of one, or none took part. */
  trained: null | boolean;
}
