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
