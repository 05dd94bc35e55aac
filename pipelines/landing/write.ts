import type { Queryable } from "../../models/registry/query.js";
import type { LandedRecord, LandingBatch } from "./landed-record.js";
import { takeLandingRole } from "./landing-role.js";
import { ledgerWriter, type WriteTable } from "./ledger-writer.js";
import { projectionWriter } from "./projection-writer.js";
import { addRows, noRows, type RowCounts } from "./row-counts.js";
import type { LandedTopic, LandingTable } from "./table.js";
import { tables } from "./tables.js";

/** Rows in one statement; more gains nothing (measured in test/bench), and a refused row is searched for in fewer. */
const statementRows = 1000;

type AnyRecord = LandedRecord["record"];

interface TopicWriter {
  readonly topic: LandedTopic;
  /** Each writes what the one before has accepted: a conflicting forecast does not reach the projection. */
  readonly steps: readonly { readonly table: string; readonly write: WriteTable<AnyRecord> }[];
}

const writers = Object.entries(tables).map(([topic, targets]): TopicWriter => {
  const steps = (targets as readonly unknown[]).map((target) => {
    // Each topic is paired with tables of its own records; what iterates over all of them cannot say so.
    const table = target as LandingTable<AnyRecord>;
    return { table: table.name, write: table.kind === "ledger" ? ledgerWriter(table) : projectionWriter(table) };
  });
  return { topic: topic as LandedTopic, steps };
});

/**
 * Writes a batch. Safe to repeat: what is there already is counted, not written again.
 *
 * @param client in a transaction, which takes on the role of landing until it ends
 * @returns counts by table
 */
export async function landBatch(client: Queryable, batch: LandingBatch): Promise<Map<string, RowCounts>> {
  await takeLandingRole(client);
  const counts = new Map<string, RowCounts>();
  for (const { topic, steps } of writers) {
    const records = batch.get(topic) ?? [];
    for (let start = 0; start < records.length; start += statementRows) {
      let accepted = records.slice(start, start + statementRows);
      for (const { table, write } of steps) {
        const written = await write(client, accepted);
        const total = counts.get(table) ?? noRows();
        counts.set(table, total);
        addRows(total, written.counts);
        accepted = [...written.accepted];
      }
    }
  }
  return counts;
}
