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
}

/** Decayed sums over the articles of the symbol. */
export interface SentimentDecay {
  /** Event time of the youngest article: the sums are as of then. */
  time: number;
  /** Sum of 2^−(age in days). */
  weight: number;
  /** Sum of score × 2^−(age in days). */
  total: number;
  /** name@version of the transformer behind the article that came last. */
  model: null | string;
}

/** Wilder's averages of the adjusted close's changes; sums until there are 14. */
export interface RsiState {
  /** Average rise. */
  gain: number;
  /** Average fall. */
  loss: number;
}

/** The averages behind MACD(12, 26, 9), of the adjusted close; sums until each has its first value. */
export interface MacdState {
  /** 12-bar exponential average. */
  fast: number;
  /** 26-bar exponential average. */
  slow: number;
  /** 9-bar exponential average of fast − slow. */
  signal: number;
}

/** What all bars up to one amount to. */
export interface FeaturesCore {
  /** Bars taken in. */
  bars: number;
  /** The last 21 adjusted closes, oldest first. */
  closes: number[];
  /** The last 20 volumes, oldest first. */
  volumes: number[];
  /** The last 20 squared log ranges ln(high / low)², oldest first. */
  ranges: number[];
  /** RSI. */
  rsi: RsiState;
  /** MACD. */
  macd: MacdState;
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
}

/** State of the features stage. Key: symbol, for the bars of the interval it was first seen with; symbol|interval for bars of any other. */
export interface FeaturesState {
  /** Interval of the bars; empty before the first. */
  interval: string;
  /** Latest availableAt of everything taken in. */
  asOf: number;
  /** Number of the symbol's last vector. */
  sequence: number;
  /** Sentiment; kept under the symbol's own key alone. */
  sentiment: SentimentDecay;
  /** After every bar before recent. */
  base: FeaturesCore;
  /** The last bars, oldest first; at most 5. */
  recent: KeptBar[];
  /** After every bar. */
  current: FeaturesCore;
}

/** One method's view of the return to the target time. */
export interface ForecastMethod {
  /** naive | har | quantiles | combined */
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
  /** Close time of the session forecast. */
  targetTime: number;
  /** Sessions from barTime to targetTime. */
  horizon: number;
  /** Methods used; the combined one last. */
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

/** What all bars up to one amount to. */
export interface ForecastsCore {
  /** Bars taken in. */
  bars: number;
  /** The last adjusted close; 0 before the first. */
  close: number;
  /** Exponentially weighted mean of squared log returns. */
  returnVariance: number;
  /** Volatility from ranges. */
  har: HarState;
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
  /** Adjusted close / close: only ratios between bars of one series mean anything. */
  adjustment: number;
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
  /** When the signal ends: close of the session forecast. */
  validUntil: number;
  /** What drove it. */
  reasons: SignalReason[];
}
