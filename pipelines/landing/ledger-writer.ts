/**
 * Appends to a ledger. What is there stays as it is: the same content again is a duplicate, the same id with other content
 * a conflict, of which the first keeps its place.
 */
import type { Queryable } from "../../schemas/queryable.js";
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
 * @param witness looks up whether the topic holds an id that came again twice; without one that is not known
 */
export type WriteLedger<Content> = (
  client: Queryable,
  batch: readonly LandedRecord<Content>[],
  witness?: Witness,
) => Promise<Written<Content>>;

export function ledgerWriter<Content>(table: LedgerTable<Content>): WriteLedger<Content> {
  const statements = statementsOf(table);
  const idOf = ({ landed }: Row<Content>): string => table.id(landed.record);
  return async (client, batch, witness) => {
    const rows = toRows(table.columns, batch);
    if (rows.length === 0) return { counts: noCounts(), accepted: [] };
    const { fresh, again } = sortOut(rows, await statements.find(client, rows), idOf);
    const { inserted, refused } = await statements.insert(client, [...fresh.values()]);
    const landed = inserted.flatMap((id) => fresh.get(id) ?? []);
    for (const row of [...landed, ...refused.map((refusal) => refusal.row)]) fresh.delete(idOf(row));
    // Another transaction landed these between the look and the insert (a rebalance); it has committed, or we would wait.
    const late = await statements.findAgain(client, fresh);
    const findings = [
      ...refused.map(({ row, reason }): Finding<Content> => ({ kind: "refused", row, reason })),
      ...(await lookAgain(table, [...again, ...late], witness)),
    ];
    await writeAudit(client, table, findings);
    const counts = {
      ...noCounts(),
      inserted: landed.length,
      duplicates: [...again, ...late].filter(isSame).length,
      conflicts: [...again, ...late].filter((one) => !isSame(one)).length,
      refused: refused.length,
      twice: findings.filter(({ first }) => first?.isInTopic).length,
    };
    const known = (list: readonly Again<Content>[]): Row<Content>[] => list.filter(isSame).map(({ row }) => row);
    const accepted = [...known(again), ...landed, ...known(late)].map((row) => row.landed);
    return { counts, accepted };
  };
}

const isSame = <Content>({ row, first }: Again<Content>): boolean => row.contentHash === first.contentHash;

/** What is new, by its id, and what is known already, be it from the same batch. */
function sortOut<Content>(
  rows: readonly Row<Content>[],
  known: ReadonlyMap<string, FirstRecord>,
  idOf: (row: Row<Content>) => string,
): { fresh: Map<string, Row<Content>>; again: Again<Content>[] } {
  const fresh = new Map<string, Row<Content>>();
  const again: Again<Content>[] = [];
  for (const row of rows) {
    const id = idOf(row);
    const inBatch = fresh.get(id);
    const first = known.get(id) ?? (inBatch && firstOf(inBatch));
    if (first === undefined) fresh.set(id, row);
    else again.push({ row, first });
  }
  return { fresh, again };
}

function statementsOf<Content>({ name, columns, id, asOf }: LedgerTable<Content>) {
  const source = batchSource(columns);
  const insertText = `INSERT INTO ${name} (${source.names}) SELECT ${source.expressions} FROM ${source.unnested}
    ON CONFLICT DO NOTHING RETURNING id`;
  const findText = `SELECT id, content_hash, kafka_partition, kafka_offset FROM ${name} WHERE id = ANY($1::text[])
    AND as_of BETWEEN to_timestamp($2 / 1000.0) AND to_timestamp($3 / 1000.0)`;
  const idOf = ({ landed }: Row<Content>): string => id(landed.record);
  const find = async (client: Queryable, rows: readonly Row<Content>[]): Promise<Map<string, FirstRecord>> => {
    const times = rows.map(({ landed }) => asOf(landed.record));
    const range = [minimum(times) - searchWindow, maximum(times) + searchWindow];
    const { rows: found } = await client.query<Known>(findText, [rows.map(idOf), ...range]);
    return new Map(
      found.map(({ id: key, content_hash: contentHash, kafka_partition: partition, kafka_offset: offset }) => [
        key,
        { contentHash, partition, offset: Number(offset) },
      ]),
    );
  };
  return {
    find,
    /** What was not inserted although it was new; nothing is known of what has gone again since. */
    async findAgain(client: Queryable, fresh: ReadonlyMap<string, Row<Content>>): Promise<Again<Content>[]> {
      if (fresh.size === 0) return [];
      const now = await find(client, [...fresh.values()]);
      const gone: FirstRecord = { contentHash: "", partition: -1, offset: -1 };
      return [...fresh].map(([key, row]) => ({ row, first: now.get(key) ?? gone }));
    },
    /** @returns the ids of those that were not there */
    async insert(client: Queryable, rows: readonly Row<Content>[]) {
      // One order of locks for all writers: two that land the same records at once wait for each other, but not in a circle.
      const ordered = [...rows].sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
      const { results, refused } = await insertRows(client, ordered, async (part) => {
        const { rows: inserted } = await client.query<{ id: string }>(insertText, batchParameters(columns, part));
        return inserted;
      });
      return { inserted: results.map((row) => row.id), refused };
    },
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
