import type { Queryable } from "../../schemas/queryable.js";
import type { Row } from "./batch-source.js";
import { toJson, toText } from "./json.js";
import type { LandingTable } from "./table.js";

/** The record that the ledger holds under the same id. */
export interface FirstRecord {
  readonly contentHash: string;
  readonly partition: number;
  readonly offset: number;
  /** Whether the topic holds it too; undefined where that is not known. */
  readonly isInTopic?: boolean | undefined;
  readonly trigger?: string | undefined;
}

export interface Finding<Content> {
  readonly kind: "conflict" | "doubled" | "refused";
  readonly row: Row<Content>;
  readonly reason: string;
  /** For what is not refused. */
  readonly first?: FirstRecord;
}

/** Keeps what could not be landed as it was, with the whole record; a record that is delivered again is the same finding. */
export async function writeAudit<Content>(
  client: Queryable,
  table: LandingTable<Content>,
  findings: readonly Finding<Content>[],
): Promise<void> {
  if (findings.length === 0) return;
  await client.query(
    `INSERT INTO landing_audit (kind, topic, table_name, record_id, kafka_partition, kafka_offset, content_hash, reason, record,
       trigger, first_partition, first_offset, first_hash, first_in_topic, first_trigger)
     SELECT kind, $1, $2, record_id, kafka_partition, kafka_offset, content_hash, reason, record::jsonb,
       trigger, first_partition, first_offset, first_hash, first_in_topic, first_trigger
     FROM unnest($3::text[], $4::text[], $5::integer[], $6::bigint[], $7::text[], $8::text[], $9::text[],
         $10::text[], $11::integer[], $12::bigint[], $13::text[], $14::boolean[], $15::text[])
       AS finding (kind, record_id, kafka_partition, kafka_offset, content_hash, reason, record,
         trigger, first_partition, first_offset, first_hash, first_in_topic, first_trigger)
     ON CONFLICT DO NOTHING`,
    [
      table.topic,
      table.name,
      findings.map(({ kind }) => kind),
      // Ids are 22 characters; what is refused for its length must not be refused here too.
      findings.map(({ row }) => toText(table.id(row.landed.record)).slice(0, 200)),
      findings.map(({ row }) => row.landed.partition),
      findings.map(({ row }) => row.landed.offset),
      findings.map(({ row }) => row.contentHash),
      findings.map(({ reason }) => toText(reason)),
      // The ledger has the record that is doubled.
      findings.map(({ kind, row }) => (kind === "doubled" ? null : toJson(row.landed.record))),
      findings.map(({ row }) => row.landed.trigger ?? null),
      findings.map(({ first }) => first?.partition ?? null),
      findings.map(({ first }) => first?.offset ?? null),
      findings.map(({ first }) => first?.contentHash ?? null),
      findings.map(({ first }) => first?.isInTopic ?? null),
      findings.map(({ first }) => first?.trigger ?? null),
    ],
  );
}
