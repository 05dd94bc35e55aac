/** Keeps the newest record of each key. */
import type { Queryable } from "../../schemas/queryable.js";
import { writeAudit } from "./audit.js";
import { batchParameters, batchSource, toRows } from "./batch-source.js";
import { insertRows } from "./insert-rows.js";
import type { LandedRecord } from "./landed-record.js";
import { noCounts, type LandingCounts } from "./landing-counts.js";
import type { ProjectionTable } from "./table.js";

export type WriteProjection<Content> = (
  client: Queryable,
  batch: readonly LandedRecord<Content>[],
) => Promise<LandingCounts>;

export function projectionWriter<Content>(table: ProjectionTable<Content>): WriteProjection<Content> {
  const { columns, applies } = table;
  const source = batchSource(columns);
  const list = (names: readonly string[], prefix = ""): string => names.map((name) => `${prefix}"${name}"`).join(", ");
  const newestFirst = table.newer.map((name) => `"${name}" DESC`).join(", ");
  const others = [...columns.map(({ name }) => name), "content_hash"].filter((name) => !table.key.includes(name));
  // DISTINCT ON: an upsert may not meet the same key twice. Its sorting also gives all writers one order of locks.
  const upsert = `INSERT INTO ${table.name} AS known (${source.names})
    SELECT DISTINCT ON (${list(table.key)}) * FROM (SELECT ${source.expressions} FROM ${source.unnested}) AS row
    ORDER BY ${list(table.key)}, ${newestFirst}
    ON CONFLICT (${list(table.key)}) DO UPDATE SET ${others.map((name) => `"${name}" = excluded."${name}"`).join(", ")}
    WHERE (${list(table.newer, "known.")}) < (${list(table.newer, "excluded.")}) OR (${list(table.newer, "known.")}) IS NULL
    RETURNING xmax = 0 AS is_new`;

  return async (client, batch) => {
    const counts = noCounts();
    const rows = toRows(columns, applies ? batch.filter(({ record }) => applies(record)) : batch);
    const { results, refused } = await insertRows(client, rows, async (part) => {
      const { rows: written } = await client.query<{ is_new: boolean }>(upsert, batchParameters(columns, part));
      return written;
    });
    // A row that no transaction has touched since it was inserted has no xmax.
    counts.inserted = results.filter(({ is_new }) => is_new).length;
    counts.updated = results.length - counts.inserted;
    counts.refused = refused.length;
    counts.duplicates = batch.length - results.length - refused.length;
    await writeAudit(
      client,
      table,
      refused.map(({ row, reason }) => ({ kind: "refused", row, reason })),
    );
    return counts;
  };
}
