/** Made-up records of every topic that lands. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { schemaDirectory } from "../../schemas/files.js";
import type {
  Bar,
  FeatureVector,
  Forecast,
  MarketContext,
  NewsArticle,
  NewsSentiment,
  Score,
  Signal,
} from "../../schemas/generated/types.js";
import { topics } from "../../schemas/topics.js";
import type { LandedTopic } from "../../schemas/topics.js";
import type { LandedRecord } from "../../pipelines/landing/landed-record.js";

const day = 86_400_000;

/**
 * The default of each field that has one in the schema; every other field is set by the factories below. As any field that
 * is added to a topic has a default, none needs an edit here.
 */
function defaults<Content>(topic: LandedTopic): Content {
  const { fields } = JSON.parse(readFileSync(join(schemaDirectory, topics[topic].schemaFile), "utf8")) as {
    fields: readonly { name: string; default?: unknown }[];
  };
  return Object.fromEntries(
    fields.filter((field) => field.default !== undefined).map((field) => [field.name, field.default]),
  ) as Content;
}

/** 2015-03-02, 21:00 UTC: a close in New York. */
export const close = Date.UTC(2015, 2, 2, 21);

const common = { symbol: "AAPL", eventTime: close, asOf: close, origin: "backfill" } as const;
const ground = { interval: "1d", barId: "bar-1", barTime: close, close: 129.09 } as const;
const mood = { sentimentMean: 0.25, sentimentCount: 3.5, sentimentModel: "encoder@1" } as const;

export const article = (fields: Partial<NewsArticle> = {}): NewsArticle => ({
  ...defaults<NewsArticle>("news.raw"),
  id: "article-1",
  source: "feed",
  sourceId: "1",
  url: null,
  headline: "Apple rises",
  symbols: ["AAPL", "MSFT"],
  eventTime: close,
  availableAt: close,
  origin: "backfill",
  ...fields,
});

export const bar = (fields: Partial<Bar> = {}): Bar => ({
  ...defaults<Bar>("market.bars"),
  id: "bar-1",
  symbol: "AAPL",
  interval: "1d",
  eventTime: close,
  availableAt: close,
  origin: "backfill",
  open: 128.9,
  high: 130.28,
  low: 128.3,
  close: 129.09,
  volume: 48_096_700,
  adjustment: 0.9,
  split: 1,
  dividendFactor: 1,
  ...fields,
});

export const sentiment = (fields: Partial<NewsSentiment> = {}): NewsSentiment => ({
  ...defaults<NewsSentiment>("news.sentiment"),
  ...common,
  id: "sentiment-1",
  articleId: "article-1",
  score: 0.5,
  label: "positive",
  confidence: 0.6,
  blend: { negative: 0.1, neutral: 0.3, positive: 0.6 },
  transformer: { negative: 0.15, neutral: 0.25, positive: 0.6 },
  vader: { negative: 0, neutral: 0.5, positive: 0.5 },
  vaderCompound: 0.4,
  model: { name: "encoder", version: "1", sha256: "0".repeat(64) },
  arm: "champion",
  degraded: false,
  fingerprint: Buffer.alloc(0),
  report: false,
  ...fields,
});

export const marketContext = (fields: Partial<MarketContext> = {}): MarketContext => ({
  ...defaults<MarketContext>("market.context"),
  id: "market-1",
  interval: "1d",
  eventTime: close,
  asOf: close,
  origin: "backfill",
  sequence: 7,
  symbols: 88,
  breadth: -0.25,
  meanReturn: -0.002,
  dispersion: 0.014,
  rangeVolatility: 0.011,
  quantiles: Array.from({ length: 21 }, (_, index) => (index - 10) / 250),
  ...fields,
});

export const vector = (fields: Partial<FeatureVector> = {}): FeatureVector => ({
  ...defaults<FeatureVector>("features"),
  ...common,
  ...ground,
  ...mood,
  id: "vector-1",
  featureSet: "fs-test",
  values: [0.1, -2, 3e-300],
  marketId: null,
  triggerId: "bar-1",
  trigger: "bar",
  sequence: 7,
  ...fields,
});

export const score = (fields: Partial<Score> = {}): Score => ({
  ...defaults<Score>("scores"),
  ...common,
  ...ground,
  ...mood,
  id: "score-1",
  vectorId: "vector-1",
  featureSet: "fs-test",
  values: [0.1, -2, 3e-300],
  targets: [
    {
      target: "direction",
      values: [0.55],
      levels: [],
      model: { name: "direction-trees", version: "1", sha256: "1".repeat(64) },
      arm: "champion",
      trained: true,
    },
    {
      target: "return",
      values: [-0.02, 0.001, 0.03],
      levels: [0.05, 0.5, 0.95],
      model: { name: "return-trees", version: "1", sha256: "2".repeat(64) },
      arm: "champion",
      trained: true,
    },
  ],
  sequence: 7,
  ...fields,
});

export const forecast = (fields: Partial<Forecast> = {}): Forecast => ({
  ...defaults<Forecast>("forecasts"),
  ...common,
  ...ground,
  id: "forecast-1",
  scoreId: "score-1",
  sequence: 7,
  close: 100,
  targetTime: close + day,
  horizon: 1,
  methods: [
    { method: "naive", levels: [0.05, 0.5, 0.95], quantiles: [-0.05, 0, 0.05], volatility: 0.03 },
    { method: "combined", levels: [0.05, 0.5, 0.95], quantiles: [-0.04, 0.01, 0.06], volatility: 0.02 },
  ],
  modelVersion: "return-trees@1",
  ...fields,
});

export const signal = (fields: Partial<Signal> = {}): Signal => ({
  ...defaults<Signal>("signals"),
  ...common,
  id: "signal-1",
  forecastId: "forecast-1",
  scoreId: "score-1",
  sequence: 7,
  direction: "up",
  strength: 0.4,
  confidence: 0.55,
  barTime: close,
  close: 129.09,
  validUntil: close + day,
  reasons: [{ name: "sentiment", value: 0.25, weight: 0.1 }],
  ...fields,
});

/** Records as they lay in partition 3 of their topic, from an offset on. */
export const delivered = <Content>(
  records: readonly Content[],
  offset = 0,
  timestamp = close + day,
): LandedRecord<Content>[] =>
  records.map((record, index) => ({ record, partition: 3, offset: offset + index, timestamp }));
