import {
  landingOf,
  topics,
  type LandedTopic,
  type LatestTopic,
  type LedgerTopic,
  type ProjectionTopic,
  type TopicRecords,
} from "../../schemas/topics.js";
import type { Column } from "./column.js";

/** Append-only: a record is there once and for good. */
export interface LedgerTable<Content> {
  readonly kind: "ledger";
  readonly name: string;
  readonly topic: LandedTopic;
  readonly columns: readonly Column<Content>[];
  readonly id: (record: Content) => string;
  /** The time in the primary key (id, as_of), ms since 1970. */
  readonly asOf: (record: Content) => number;
}

/** The newest of each key. */
export interface ProjectionTable<Content> {
  readonly kind: "projection";
  readonly name: string;
  readonly topic: LandedTopic;
  readonly columns: readonly Column<Content>[];
  readonly id: (record: Content) => string;
  /** Columns of the unique constraint. */
  readonly key: readonly string[];
  /** Columns whose row value orders two rows by age. */
  readonly newer: readonly string[];
  /** False for a record from which there is no row. */
  readonly applies?: (record: Content) => boolean;
}

export type LandingTable<Content> = LedgerTable<Content> | ProjectionTable<Content>;

/** The entry of a ledger in the catalogue of topics. */
export const ledgerOf = <Name extends LedgerTopic>(topic: Name): Omit<LedgerTable<TopicRecords[Name]>, "columns"> => ({
  kind: "ledger",
  name: landingOf(topic).table,
  topic,
  id: topics[topic].id,
  asOf: topics[topic].availableAt,
});

type ProjectionFacts<Name extends LandedTopic> = Pick<
  ProjectionTable<TopicRecords[Name]>,
  "kind" | "name" | "topic" | "id"
>;

/** The entry of a projection in the catalogue of topics. */
export const projectionOf = <Name extends ProjectionTopic>(topic: Name): ProjectionFacts<Name> => ({
  kind: "projection",
  name: landingOf(topic).table,
  topic,
  id: topics[topic].id,
});

/** … and of the table beside a ledger that has the newest of each key. */
export const latestOf = <Name extends LatestTopic>(topic: Name): ProjectionFacts<Name> => ({
  kind: "projection",
  name: landingOf(topic).latest,
  topic,
  id: topics[topic].id,
});
