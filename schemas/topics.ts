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

/** Name of a topic, without the configured prefix. */
export type TopicName = keyof TopicRecords;

/** Schema evolution rules of the registry (Confluent's words). */
export type Compatibility = "BACKWARD" | "FORWARD" | "FULL" | "NONE";

/** Where a topic lands in the database. */
export type Landing = LedgerLanding | ProjectionLanding | NoLanding;

/** Each record is a row, once and for good. */
export interface LedgerLanding {
  readonly kind: "ledger";
  readonly table: string;
  /** A second table, with the newest of each key. */
  readonly latest?: string;
}

/** The newest record of each key is a row. */
export interface ProjectionLanding {
  readonly kind: "projection";
  readonly table: string;
}

/** It has no table. */
export interface NoLanding {
  readonly kind: "none";
  /** Why: nothing is left out in silence. */
  readonly because: string;
}

/** How a topic's records are numbered in their field `sequence`. */
export interface Sequence {
  /** Fields of the series within which the numbers rise by one. */
  readonly within: readonly ("symbol" | "interval" | "calendar")[];
  /**
   * own: the writer numbers what it publishes, so that a missing number is a lost record. "taken over": the number is that of the
   * input, and an input without an output leaves its number out.
   */
  readonly numbers: "own" | "taken over";
}

/** Names of a record's fields that hold lists. */
type ListField<Name extends TopicName> = {
  [Field in keyof TopicRecords[Name]]: TopicRecords[Name][Field] extends readonly unknown[] ? Field : never;
}[keyof TopicRecords[Name]] &
  string;

/** A topic whose key is an id, a field of its records that holds a list, and the field that has that id in what is written for an entry. */
export type ListOf = {
  [Name in TopicName]: { readonly topic: Name; readonly field: ListField<Name>; readonly by: string };
}[TopicName];

/** The field with the time from which a live system could have known a record. */
export type TimeField = "availableAt" | "asOf" | "updatedAt";

/** A topic of the catalogue. */
export interface TopicDefinition<Name extends TopicName = TopicName> {
  readonly name: Name;
  /** File beside this one. */
  readonly schemaFile: string;
  readonly cleanup: "delete" | "compact";
  readonly compatibility: Compatibility;
  /** configured: NEWSTAPE_PARTITIONS of them; one: small, and read whole by whoever reads it. */
  readonly partitions: "configured" | "one";
  /** What the key holds; keys are plain UTF-8 strings. */
  readonly key: string;
  /** The key of a record. */
  readonly keyOf: (record: TopicRecords[Name]) => string;
  /** The field of which `availableAt` is the value. */
  readonly timeField: TimeField;
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
  /** True where a rebuild takes the records by `eventTime`: one that came too late to be taken in finds its place so. */
  readonly rebuiltByEventTime: boolean;
  readonly landing: Landing;
  readonly sequence?: Sequence;
  /** Where its writer gives one record for each entry of a list in its input: how many there must be. */
  readonly onePer?: ListOf;
  /** What a record is; who writes and who reads it follows from the parts of the pipeline. */
  readonly description: string;
}

const byAsOf = { timeField: "asOf", availableAt: (record: { asOf: number }) => record.asOf } as const;
const byAvailableAt = {
  timeField: "availableAt",
  availableAt: (record: { availableAt: number }) => record.availableAt,
} as const;
const bySymbol = { key: "symbol", keyOf: (record: { symbol: string }) => record.symbol } as const;
const byId = (record: { id: string }): string => record.id;

/** Defaults shared by nearly every topic. */
const delivered = {
  cleanup: "delete",
  compatibility: "FULL",
  partitions: "configured",
  repartitioned: false,
  broadcast: false,
  rebuiltByEventTime: false,
} as const;

const catalogue = {
  "news.raw": {
    ...delivered,
    ...byAvailableAt,
    name: "news.raw",
    schemaFile: "news.raw.avsc",
    key: "article id",
    keyOf: byId,
    id: byId,
    landing: { kind: "projection", table: "news" },
    description: "news as it arrived",
  },
  "news.sentiment": {
    ...delivered,
    ...bySymbol,
    ...byAsOf,
    name: "news.sentiment",
    schemaFile: "news.sentiment.avsc",
    id: byId,
    repartitioned: true,
    landing: { kind: "ledger", table: "sentiment" },
    onePer: { topic: "news.raw", field: "symbols", by: "articleId" },
    description: "one sentiment per article × symbol",
  },
  "market.bars": {
    ...delivered,
    ...bySymbol,
    ...byAvailableAt,
    name: "market.bars",
    schemaFile: "market.bars.avsc",
    id: byId,
    rebuiltByEventTime: true,
    landing: { kind: "projection", table: "bars" },
    description: "OHLCV bars",
  },
  "market.context": {
    ...delivered,
    ...byAsOf,
    name: "market.context",
    schemaFile: "market.context.avsc",
    key: "partition number",
    keyOf: (context: MarketContext) => context.interval,
    id: byId,
    broadcast: true,
    landing: { kind: "ledger", table: "market_context" },
    sequence: { within: ["interval", "calendar"], numbers: "own" },
    description:
      "breadth, mean, dispersion, range and quantiles of the returns of a calendar's symbols at one bar time",
  },
  features: {
    ...delivered,
    ...bySymbol,
    ...byAsOf,
    name: "features",
    schemaFile: "features.avsc",
    id: byId,
    landing: { kind: "ledger", table: "features" },
    sequence: { within: ["symbol"], numbers: "own" },
    description: "feature vectors",
  },
  scores: {
    ...delivered,
    ...bySymbol,
    ...byAsOf,
    name: "scores",
    schemaFile: "scores.avsc",
    id: byId,
    landing: { kind: "ledger", table: "scores" },
    sequence: { within: ["symbol"], numbers: "taken over" },
    description: "every target's score for one vector",
  },
  forecasts: {
    ...delivered,
    ...bySymbol,
    ...byAsOf,
    name: "forecasts",
    schemaFile: "forecasts.avsc",
    id: byId,
    landing: { kind: "ledger", table: "forecast_ledger", latest: "forecasts" },
    sequence: { within: ["symbol"], numbers: "taken over" },
    description: "return quantiles and volatility, per method and combined",
  },
  signals: {
    ...delivered,
    ...bySymbol,
    ...byAsOf,
    name: "signals",
    schemaFile: "signals.avsc",
    id: byId,
    landing: { kind: "ledger", table: "signals" },
    sequence: { within: ["symbol"], numbers: "taken over" },
    description: "direction, strength, confidence, why, `validUntil`",
  },
  "models.registry": {
    ...delivered,
    name: "models.registry",
    schemaFile: "models.registry.avsc",
    cleanup: "compact",
    partitions: "one",
    key: "name@version, or route:task",
    keyOf: (record: RegistryRecord) => record.key,
    timeField: "updatedAt",
    availableAt: (record: RegistryRecord) => record.updatedAt,
    id: (record: RegistryRecord) => `${record.key}#${record.revision}`,
    landing: { kind: "none", because: "its truth is in the database already" },
    description: "model versions and routes (compacted)",
  },
} as const satisfies { readonly [Name in TopicName]: TopicDefinition<Name> };

/** Every topic by its name. */
export const topics: { readonly [Name in TopicName]: TopicDefinition<Name> } = catalogue;

/** The topics' names, in the order of the pipeline. */
export const topicNames = Object.keys(topics) as TopicName[];

type Landings = { readonly [Name in TopicName]: (typeof catalogue)[Name]["landing"] };
type LandingAs<Kind extends Landing["kind"]> = {
  [Name in TopicName]: Landings[Name]["kind"] extends Kind ? Name : never;
}[TopicName];

export type LedgerTopic = LandingAs<"ledger">;
export type ProjectionTopic = LandingAs<"projection">;
/** Topics whose ledger has a table with the newest of each key beside it. */
export type LatestTopic = {
  [Name in LedgerTopic]: Landings[Name] extends { latest: string } ? Name : never;
}[LedgerTopic];
export type LandedTopic = LedgerTopic | ProjectionTopic;

const landing: { readonly [Name in TopicName]: { readonly landing: Landings[Name] } } = catalogue;

/** How a topic lands; of a known topic the very kind and table. */
export const landingOf = <Name extends TopicName>(name: Name): Landings[Name] => landing[name].landing;

export const landedTopics = topicNames.filter((name): name is LandedTopic => landingOf(name).kind !== "none");
