import Table from "cli-table3";
import { landedTopics } from "../../schemas/topics.js";
import { writers } from "../landing/writers.js";
import { outcomeKinds } from "../runtime/stage/progress.js";
import type { Audit } from "../operations/audit.js";
import type { SignalRow } from "../queries/latest-signals.js";

const number = new Intl.NumberFormat("en-US");
const plain = { head: [], border: [], compact: true };
const percent = (value: number | undefined, digits = 1): string =>
  value === undefined ? "–" : `${(value * 100).toFixed(digits)} %`;

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
      "trained on it",
    ],
    colAligns: ["left", "left", "left", "right", "right", "right", "right", "right", "right", "right", "left", "left"],
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
      row.trained === null ? "not known" : row.trained ? "yes" : "no",
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
