/** A database of its own for the tests of one file, and how they land records in it. */
import assert from "node:assert/strict";
import { landBatch } from "../../../pipelines/landing/land-batch.js";
import type { LandedRecord } from "../../../pipelines/landing/landed-record.js";
import { noCounts, type LandingCounts } from "../../../pipelines/landing/landing-counts.js";
import type { LandedTopic, TopicRecords } from "../../../schemas/topics.js";
import { createTestDatabase } from "../../helpers/database.js";

export const { database } = await createTestDatabase();

export async function land<Name extends LandedTopic>(
  topic: Name,
  batch: LandedRecord<TopicRecords[Name]>[],
): Promise<LandingCounts> {
  const counts = await landBatch(database, new Map([[topic, batch]]));
  return counts.get(topic) ?? noCounts();
}

export const counted = (counts: Partial<LandingCounts>): LandingCounts => ({ ...noCounts(), ...counts });
export async function one<Row>(text: string, values: readonly unknown[] = []): Promise<Row> {
  const rows = await database.query<Row>(text, values);
  assert.equal(rows.length, 1, text);
  return rows[0] as Row;
}
