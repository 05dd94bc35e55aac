/**
 * Appends to a ledger. What is there stays as it is: the same content again is a duplicate, the same id with other content
 * a conflict, of which the first keeps its place.
 */
import type { Queryable } from "../runtime/database/queryable.js";
import { writeAudit, type Finding, type FirstRecord } from "./audit.js";
import { batchParameters, batchSource, toRows, type Row } from "./batch-source.js";
import { insertRows } from "./insert-rows.js";
import type { LandedRecord } from "./landed-record.js";
import { noCounts, type LandingCounts } from "./landing-counts.js";
import { lookAgain, type Again } from "./look-again.js";
import type { LedgerTable } from "./table.js";
import type { Witness } from "./witness.js";

/**
 * How far from the batch's times the same id is looked for, ms: 30 days, a chunk of the hypertables. An id with another
 * as_of beyond that is not found, since a look into every chunk for every row would cost more than the insert.
 */
const searchWindow = 30 * 86_400_000;

export interface Written<Content> {
  readonly counts: LandingCounts;
  /** Records that the table holds with this content, new or known: what may be drawn from it. */
  readonly accepted: readonly LandedRecord<Content>[];
}

/**
 * Lands records in a table; to be called in a transaction, safe to repeat.
 *
 * @param witness tells of an id that came again whether the topic holds it twice; without one that is not known
 */
export type WriteLedger<Content> = (
  client: Queryable,
  batch: readonly LandedRecord<Content>[],
  witness?: Witness,
) => Promise<Written<Content>>;

export function ledgerWriter<Content>(table: LedgerTable<Content>): WriteLedger<Content> {
  const { columns, id, asOf } = table;
  const source = batchSource(columns);
  const insert = `INSERT INTO ${table.name} (${source.names}) SELECT ${source.expressions} FROM ${source.unnested}
    ON CONFLICT DO NOTHING RETURNING id`;
  const find = `SELECT id, content_hash, kafka_partition, kafka_offset FROM ${table.name} WHERE id = ANY($1::text[])
    AND as_of BETWEEN to_timestamp($2 / 1000.0) AND to_timestamp($3 / 1000.0)`;

  const findKnown = async (client: Queryable, rows: readonly Row<Content>[]): Promise<Map<string, FirstRecord>> => {
    const times = rows.map(({ landed }) => asOf(landed.record));
    const { rows: found } = await client.query<Known>(find, [
      rows.map(({ landed }) => id(landed.record)),
      minimum(times) - searchWindow,
      maximum(times) + searchWindow,
    ]);
    return new Map(
      found.map(({ id: key, content_hash: contentHash, kafka_partition: partition, kafka_offset: offset }) => [
        key,
        { contentHash, partition, offset: Number(offset) },
      ]),
    );
  };

  return async (client, batch, witness) => {
    const counts = noCounts();
    const accepted: LandedRecord<Content>[] = [];
    const findings: Finding<Content>[] = [];
    const again: Again<Content>[] = [];
    const isKnown = (row: Row<Content>, first: FirstRecord): void => {
      again.push({ row, first });
      if (row.contentHash === first.contentHash) {
        counts.duplicates += 1;
        accepted.push(row.landed);
      } else counts.conflicts += 1;
    };

    const rows = toRows(columns, batch);
    if (rows.length === 0) return { counts, accepted };
    const known = await findKnown(client, rows);
    const fresh = new Map<string, Row<Content>>();
    for (const row of rows) {
      const key = id(row.landed.record);
      const inBatch = fresh.get(key);
      const first = known.get(key) ?? (inBatch && firstOf(inBatch));
      if (first === undefined) fresh.set(key, row);
      else isKnown(row, first);
    }

    // One order of locks for all writers: two that land the same records at once wait for each other, but not in a circle.
    const ordered = [...fresh].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
    const { results, refused } = await insertRows(client, ordered, async (part) => {
      const { rows: inserted } = await client.query<{ id: string }>(insert, batchParameters(columns, part));
      return inserted;
    });
    for (const { id: key } of results) {
      const row = fresh.get(key);
      if (!row) continue;
      fresh.delete(key);
      counts.inserted += 1;
      accepted.push(row.landed);
    }
    for (const { row, reason } of refused) {
      fresh.delete(id(row.landed.record));
      counts.refused += 1;
      findings.push({ kind: "refused", row, reason });
    }
    // Another transaction landed these between the look and the insert (a rebalance); it has committed, or we would wait.
    if (fresh.size > 0) {
      const now = await findKnown(client, [...fresh.values()]);
      for (const [key, row] of fresh) isKnown(row, now.get(key) ?? { contentHash: "", partition: -1, offset: -1 });
    }
    findings.push(...(await lookAgain(table, again, witness)));
    counts.twice = findings.filter(({ first }) => first?.isInTopic).length;
    await writeAudit(client, table, findings);
    return { counts, accepted };
  };
}

interface Known {
  readonly id: string;
  readonly content_hash: string;
  readonly kafka_partition: number;
  readonly kafka_offset: string;
}

/** A record that was read just now lies in the topic. */
const firstOf = <Content>({ landed, contentHash }: Row<Content>): FirstRecord => {
  const { partition, offset, trigger } = landed;
  return { contentHash, partition, offset, isInTopic: true, trigger };
};

const minimum = (values: readonly number[]): number =>
  values.reduce((least, value) => Math.min(least, value), Infinity);
const maximum = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), -Infinity);
