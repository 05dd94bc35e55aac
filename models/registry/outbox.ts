/**
 * The outbox: registry records on their way to `models.registry`. A record is written in the transaction of the change, so
 * what is in the tables will be on the topic, and what is not will not.
 */
import type { RegistryRecord } from "../../schemas/generated/types.js";
import type { Queryable, Transactional } from "../../schemas/queryable.js";

/** Any number will do that no other lock of ours has. */
const publisherLock = 7_301_959;

/**
 * Takes the key's next revision under its row lock, so that revisions rise in the order of the commits, and puts the record
 * into the outbox.
 *
 * @param client in the transaction of the change
 */
export async function recordChange(
  client: Queryable,
  key: string,
  content: Pick<RegistryRecord, "model" | "route">,
): Promise<RegistryRecord> {
  const { rows } = await client.query<{ revision: string; updated_at: Date }>(
    `INSERT INTO registry_revisions AS known (key, revision) VALUES ($1, 1)
     ON CONFLICT (key) DO UPDATE SET revision = known.revision + 1
     RETURNING revision, clock_timestamp() AS updated_at`,
    [key],
  );
  const [row] = rows;
  if (!row) throw new Error(`no revision for ${key}`);
  const revision = Number(row.revision);
  const record: RegistryRecord = { key, revision, updatedAt: row.updated_at.getTime(), ...content };
  await client.query("INSERT INTO registry_outbox (key, revision, record) VALUES ($1, $2, $3)", [
    key,
    revision,
    JSON.stringify(record),
  ]);
  return record;
}

export interface PendingRecord {
  /** Place in the outbox. */
  readonly id: string;
  readonly record: RegistryRecord;
}

/** What is not published yet, in the order of the changes. */
export async function pendingOutbox(client: Queryable, limit = 500): Promise<PendingRecord[]> {
  const { rows } = await client.query<PendingRecord>(
    "SELECT id, record FROM registry_outbox WHERE published_at IS NULL ORDER BY id LIMIT $1",
    [limit],
  );
  return rows;
}

export async function markPublished(client: Queryable, ids: readonly string[]): Promise<void> {
  await client.query("UPDATE registry_outbox SET published_at = now() WHERE id = ANY($1::bigint[])", [ids]);
}

/**
 * Sends what waits in the outbox, in its order, and marks it once it is acknowledged. Safe to run again after a crash at any
 * point: consumers ignore a revision that they know. Only one publisher sends at a time, since of two records of one key
 * compaction keeps the later one on the topic, whichever revision it has.
 *
 * @param send resolves when the topic has the records
 * @returns how many records were sent; 0 when nothing waits, or another publisher is at it
 */
export async function publishOutbox(
  database: Transactional,
  send: (records: RegistryRecord[]) => Promise<void>,
): Promise<number> {
  return database.transaction(async (client) => {
    const { rows } = await client.query<{ is_mine: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS is_mine", [
      publisherLock,
    ]);
    if (!rows[0]?.is_mine) return 0;
    const pending = await pendingOutbox(client);
    if (pending.length === 0) return 0;
    await send(pending.map(({ record }) => record));
    await markPublished(
      client,
      pending.map(({ id }) => id),
    );
    return pending.length;
  });
}

/**
 * Marks the newest record of every key as waiting: a topic that was lost, or created anew, fills again, and a record that a
 * dying publisher sent late is followed by the newest one.
 *
 * @returns how many records wait
 */
export async function requeueLatest(database: Transactional): Promise<number> {
  return database.transaction(async (client) => {
    const { rowCount } = await client.query(
      `UPDATE registry_outbox AS newest SET published_at = NULL
       FROM registry_revisions AS known
       WHERE newest.key = known.key AND newest.revision = known.revision`,
    );
    return rowCount ?? 0;
  });
}
