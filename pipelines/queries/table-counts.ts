import { landingTables } from "../landing/writers.js";
import type { Queryable } from "../../schemas/queryable.js";

/** Rows of each table that landing writes, exactly and at one moment: for the accounting. */
export async function tableCounts(client: Queryable): Promise<Map<string, number>> {
  // The names are of our own declarations.
  const each = landingTables.map((table) => `SELECT '${table}' AS name, count(*) AS rows FROM ${table}`);
  const { rows } = await client.query<{ name: string; rows: string }>(each.join(" UNION ALL "));
  return new Map(rows.map((row) => [row.name, Number(row.rows)]));
}
