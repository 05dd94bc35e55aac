import type { Queryable } from "../../models/registry/query.js";
import type { Row } from "./batch-source.js";
import { toJson, toText } from "./json.js";
import type { LandingTable } from "./table.js";

export interface Finding<Content> {
  readonly kind: "conflict" | "refused";
  readonly row: Row<Content>;
  readonly reason: string;
}

/** Keeps what could not be landed as it was, with the whole record; a record that is delivered again is the same finding. */
export async function writeAudit<Content>(
  client: Queryable,
  table: LandingTable<Content>,
  findings: readonly Finding<Content>[],
): Promise<void> {
  if (findings.length === 0) return;
  await client.query(
    `INSERT INTO landing_audit (kind, topic, table_name, record_id, kafka_partition, kafka_offset, content_hash, reason, record)
     SELECT kind, $1, $2, record_id, kafka_partition, kafka_offset, content_hash, reason, record::jsonb
     FROM unnest($3::text[], $4::text[], $5::integer[], $6::bigint[], $7::text[], $8::text[], $9::text[])
       AS finding (kind, record_id, kafka_partition, kafka_offset, content_hash, reason, record)
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
      findings.map(({ row }) => toJson(row.landed.record)),
    ],
  );
}
