/**
 * The catalogue: every topic with its key, schema and clean-up, in the order of the pipeline.
 * Whatever needs a topic's name, schema or settings takes it from here; nothing else spells one out.
 */
import type {
  Bar,
  FeatureVector,
  Forecast,
  MarketContext,
  NewsArticle,
  NewsSentiment,
  RegistryRecord,
  Score,
  Signal,
} from "./generated/types.js";

/** Record types by topic: the compiler's view of the catalogue. */
export interface TopicRecords {
  "news.raw": NewsArticle;
  "news.sentiment": NewsSentiment;
  "market.bars": Bar;
  "market.context": MarketContext;
  features: FeatureVector;
  scores: Score;
  forecasts: Forecast;
  signals: Signal;
  "models.registry": RegistryRecord;
}

export type TopicName = keyof TopicRecords;

/** Schema evolution rules of the registry (Confluent's words). */
export type Compatibility = "BACKWARD" | "FORWARD" | "FULL" | "NONE";

export interface TopicDefinition<Name extends TopicName = TopicName> {
  readonly name: Name;
  /** File beside this one. */
  readonly schemaFile: string;
  readonly cleanup: "delete" | "compact";
  readonly compatibility: Compatibility;
  /** What the key holds; keys are plain UTF-8 strings. */
  readonly key: string;
  /** The key of a record. */
  readonly keyOf: (record: TopicRecords[Name]) => string;
  /** When a live system could have known the record (ms since 1970): the order in which stages merge their inputs. */
  readonly availableAt: (record: TopicRecords[Name]) => number;
  /** Identity of a record: the same id is the same record, wherever it is seen. */
  readonly id: (record: TopicRecords[Name]) => string;
  /**
   * True when tasks of several partitions write to one partition (the writer's key is not this topic's): its offsets
   * then depend on timing, so a backfill sorts it by (availableAt, id).
   */
  readonly repartitioned: boolean;
  /** True when each record is written to every partition, with the partition's number as its key; `keyOf` is not used. */
  readonly broadcast: boolean;
  readonly description: string;
}

const byAsOf = (record: { asOf: number }): number => record.asOf;
const bySymbol = (record: { symbol: string }): string => record.symbol;
const byId = (record: { id: string }): string => record.id;

/** Defaults shared by nearly every topic. */
const delivered = { cleanup: "delete", compatibility: "FULL", repartitioned: false, broadcast: false } as const;

export const topics: { readonly [Name in TopicName]: TopicDefinition<Name> } = {
  "news.raw": {
    ...delivered,
    name: "news.raw",
    schemaFile: "news.raw.avsc",
    key: "article id",
    keyOf: byId,
    availableAt: (article) => article.availableAt,
    id: byId,
    description: "News as it arrived; ingest → sentiment",
  },
  "news.sentiment": {
    ...delivered,
    name: "news.sentiment",
    schemaFile: "news.sentiment.avsc",
    key: "symbol",
    keyOf: bySymbol,
    availableAt: byAsOf,
    id: byId,
    repartitioned: true,
    description: "One sentiment per article × symbol; sentiment → features",
  },
  "market.bars": {
    ...delivered,
    name: "market.bars",
    schemaFile: "market.bars.avsc",
    key: "symbol",
    keyOf: bySymbol,
    availableAt: (bar) => bar.availableAt,
    id: byId,
    description: "OHLCV bars; ingest → market, features, forecasts",
  },
  "market.context": {
    ...delivered,
    name: "market.context",
    schemaFile: "market.context.avsc",
    key: "partition number",
    keyOf: (context) => context.interval,
    availableAt: byAsOf,
    id: byId,
    broadcast: true,
    description: "Cross-section of all symbols, the same record in every partition; market → features",
  },
  features: {
    ...delivered,
    name: "features",
    schemaFile: "features.avsc",
    key: "symbol",
    keyOf: bySymbol,
    availableAt: byAsOf,
    id: byId,
    description: "Feature vectors; features → scores",
  },
  scores: {
    ...delivered,
    name: "scores",
    schemaFile: "scores.avsc",
    key: "symbol",
    keyOf: bySymbol,
    availableAt: byAsOf,
    id: byId,
    description: "Every target's score for one vector; scores → forecasts",
  },
  forecasts: {
    ...delivered,
    name: "forecasts",
    schemaFile: "forecasts.avsc",
    key: "symbol",
    keyOf: bySymbol,
    availableAt: byAsOf,
    id: byId,
    description: "Return quantiles and volatility per method; forecasts → users",
  },
  signals: {
    ...delivered,
    name: "signals",
    schemaFile: "signals.avsc",
    key: "symbol",
    keyOf: bySymbol,
    availableAt: byAsOf,
    id: byId,
    description: "Direction, strength, confidence, why; forecasts → users",
  },
  "models.registry": {
    ...delivered,
    name: "models.registry",
    schemaFile: "models.registry.avsc",
    cleanup: "compact",
    key: "name@version, or route:<task>",
    keyOf: (record) => record.key,
    availableAt: (record) => record.updatedAt,
    id: (record) => `${record.key}#${record.revision}`,
    description: "Model versions and routes; registry → every stage",
  },
};

export const topicNames = Object.keys(topics) as TopicName[];
