import type { Queryable, Transactional } from "../../schemas/queryable.js";
import { landedTopics, type LandedTopic } from "../../schemas/topics.js";
import type { LandedRecord, LandingBatch } from "./landed-record.js";
import { addCounts, noCounts, type LandingCounts } from "./landing-counts.js";
import { takeLandingRole } from "./landing-role.js";
import type { Witness } from "./witness.js";
import { writers, type TopicWriter } from "./writers.js";

/** Rows in one statement: 26 to 53 times as fast as a transaction a row, 1.2 to 2 times as fast as 100 (test/bench/landing.ts). */
const statementRows = 1000;

/** Lands a batch in one database transaction; safe to repeat. Afterwards its offsets may be committed. */
export async function landBatch(
  database: Transactional,
  batch: LandingBatch,
  witness?: Witness,
): Promise<Map<LandedTopic, LandingCounts>> {
  return database.transaction((client) => landInTransaction(client, batch, witness));
}

/** @param client in a transaction, which takes on the role of landing until it ends */
export async function landInTransaction(
  client: Queryable,
  batch: LandingBatch,
  witness?: Witness,
): Promise<Map<LandedTopic, LandingCounts>> {
  await takeLandingRole(client);
  const counts = new Map<LandedTopic, LandingCounts>();
  for (const topic of landedTopics) {
    const records = batch.get(topic);
    if (!records || records.length === 0) continue;
    // The batch pairs each topic with its own records; the map's type cannot express it.
    const writer = writers[topic] as TopicWriter<LandedRecord["record"]>;
    const total = noCounts();
    for (let start = 0; start < records.length; start += statementRows) {
      addCounts(total, await writer.write(client, records.slice(start, start + statementRows), witness));
    }
    counts.set(topic, total);
  }
  return counts;
}
