/** Rows of a batch as array parameters, and the SQL that makes rows of them again. */
import type { Column } from "./column.js";
import { contentHash } from "./content-hash.js";
import type { LandedRecord } from "./landed-record.js";
import { sqlTypes } from "./sql-type.js";

/** A record on its way into a table. */
export interface Row<Content> {
  readonly landed: LandedRecord<Content>;
  readonly contentHash: string;
}

export interface BatchSource {
  /** Names of the columns, quoted. */
  readonly names: string;
  /** The columns' values, from `unnested`. */
  readonly expressions: string;
  /** `unnest($1::…[], …) AS batch (…)` */
  readonly unnested: string;
  /** The next free parameter. */
  readonly nextParameter: number;
}

const quoted = (name: string): string => `"${name}"`;

/** The parts of a statement that depend on nothing but the table. */
export function batchSource<Content>(columns: readonly Column<Content>[]): BatchSource {
  const all = [...columns, { name: "content_hash", type: "text" } as const];
  const parameters = all.map(({ type }, index) => `$${index + 1}::${sqlTypes[type].parameter}[]`);
  return {
    names: all.map(({ name }) => quoted(name)).join(", "),
    expressions: all
      .map(({ name, type }) => `${sqlTypes[type].decode(`batch.${quoted(name)}`)} AS ${quoted(name)}`)
      .join(", "),
    unnested: `unnest(${parameters.join(", ")}) AS batch (${all.map(({ name }) => quoted(name)).join(", ")})`,
    nextParameter: all.length + 1,
  };
}

/** The array parameters of `batchSource`. */
export function batchParameters<Content>(
  columns: readonly Column<Content>[],
  rows: readonly Row<Content>[],
): unknown[][] {
  const encoded = columns.map(({ type, value }) => {
    const encode = sqlTypes[type].encode as (value: unknown) => unknown;
    return rows.map(({ landed }) => {
      const found = value(landed);
      return found === null || found === undefined ? null : encode(found);
    });
  });
  return [...encoded, rows.map((row) => row.contentHash)];
}

export const toRows = <Content>(
  columns: readonly Column<Content>[],
  batch: readonly LandedRecord<Content>[],
): Row<Content>[] => batch.map((landed) => ({ landed, contentHash: contentHash(columns, landed) }));
