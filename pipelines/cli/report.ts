import Table from "cli-table3";
import { landedTopics } from "../../schemas/topics.js";
import { writers } from "../landing/writers.js";
import { Database } from "../runtime/database/database.js";
import { outcomeKinds } from "../runtime/stage/progress.js";
import type { Audit } from "./audit.js";
import type { Context } from "./context.js";

const number = new Intl.NumberFormat("en-US");
const plain = { head: [], border: [], compact: true };
const percent = (value: number | undefined, digits = 1): string =>
  value === undefined ? "–" : `${(value * 100).toFixed(digits)} %`;

export interface SignalRow {
  readonly symbol: string;
  readonly as_of: Date;
  readonly direction: string;
  readonly strength: number;
  readonly confidence: number;
  readonly close: number;
  readonly valid_until: Date;
  readonly reasons: { readonly name: string; readonly value: number; readonly weight: number }[];
  readonly predicted_price: number | null;
  readonly lower_bound: number | null;
  readonly upper_bound: number | null;
}

/** The latest signal of each symbol with what drove it, the strongest first. */
export async function latestSignals(context: Context, limit = 15): Promise<SignalRow[]> {
  const database = new Database(context.config.databaseUrl, { connections: 1 });
  try {
    return await database.query<SignalRow>(
      `SELECT latest.symbol, latest.as_of, latest.direction, latest.strength, latest.confidence, latest.close,
              latest.valid_until, latest.reasons, f.predicted_price, f.lower_bound, f.upper_bound
       FROM latest_signals AS latest LEFT JOIN forecasts AS f ON f.forecast_id = latest.forecast_id
       ORDER BY abs(latest.strength) DESC, latest.symbol LIMIT $1`,
      [limit],
    );
  } finally {
    await database.close();
  }
}

export function showSignals(rows: readonly SignalRow[]): void {
  const table = new Table({
    head: [
      "symbol",
      "as of (UTC)",
      "signal",
      "strength",
      "confidence",
      "sentiment",
      "P(up)",
      "P(move)",
      "close",
      "forecast [90 %]",
      "valid until",
    ],
    colAligns: ["left", "left", "left", "right", "right", "right", "right", "right", "right", "right", "left"],
    style: plain,
  });
  for (const row of rows) {
    const reason = (name: string): number | undefined => row.reasons.find((entry) => entry.name === name)?.value;
    const price = (value: number | null): string => (value === null ? "–" : value.toFixed(2));
    table.push([
      row.symbol,
      row.as_of.toISOString().slice(0, 16).replace("T", " "),
      row.direction,
      row.strength.toFixed(3),
      percent(row.confidence, 0),
      reason("sentiment")?.toFixed(2) ?? "–",
      percent(reason("direction")),
      percent(reason("move")),
      row.close.toFixed(2),
      `${price(row.predicted_price)} [${price(row.lower_bound)}, ${price(row.upper_bound)}]`,
      row.valid_until.toISOString().slice(0, 16).replace("T", " "),
    ]);
  }
  console.log(`Latest signals, the ${rows.length} strongest:`);
  console.log(table.toString());
}

/** What every topic, table and stage holds. */
export function showCounts(audit: Audit): void {
  const topics = new Table({
    head: ["topic", "records", "table", "rows"],
    colAligns: ["left", "right", "left", "right"],
    style: plain,
  });
  for (const name of landedTopics) {
    const [first, ...others] = writers[name].tables;
    topics.push([
      name,
      number.format(audit.records.get(name) ?? 0),
      first ?? "",
      number.format(audit.rows.get(first ?? "") ?? 0),
    ]);
    for (const other of others) topics.push(["", "", `${other} (latest)`, number.format(audit.rows.get(other) ?? 0)]);
  }
  console.log(topics.toString());
  const stages = new Table({
    head: ["stage", "inputs", ...outcomeKinds],
    colAligns: ["left", ...Array<"right">(5).fill("right")],
    style: plain,
  });
  for (const { stage, kind, outcomes } of audit.stages) {
    if (kind !== "stage") continue;
    const counts = outcomeKinds.map((kind) => outcomes[kind]);
    stages.push([
      stage,
      ...[counts.reduce((sum, count) => sum + count, 0), ...counts].map((count) => number.format(count)),
    ]);
  }
  console.log(stages.toString());
}
