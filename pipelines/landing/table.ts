import type { Column } from "./column.js";
import type { LandedTopic } from "./landed-topic.js";

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
  /** Columns whose row value says which of two rows is newer. */
  readonly newer: readonly string[];
  /** False for a record from which there is no row. */
  readonly applies?: (record: Content) => boolean;
}

export type LandingTable<Content> = LedgerTable<Content> | ProjectionTable<Content>;
