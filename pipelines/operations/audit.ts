/**
 * The accounting of the pipeline: what each topic holds, what each stage made of it, and what is in the database must agree.
 */
import { landedTopics, landingOf, topicNames, topics, type TopicName } from "../../schemas/topics.js";
import { snakeCase } from "../landing/column.js";
import { listEntries } from "../queries/list-entries.js";
import { tableCounts } from "../queries/table-counts.js";
import { countRecords } from "../runtime/kafka/count-records.js";
import type { Database } from "../runtime/database/database.js";
import { handled } from "../runtime/stage/progress.js";
import { stagesOf, type Part } from "../stages/part.js";
import { withDatabase, type Connection } from "./connection.js";
import { stageStatuses, type StageStatus } from "./stage-status.js";

export interface Audit {
  /** Records under read_committed, by topic. */
  readonly records: ReadonlyMap<TopicName, number>;
  readonly stages: readonly StageStatus[];
  /** Rows by table. */
  readonly rows: ReadonlyMap<string, number>;
  /** What does not agree; empty when nothing is missing and nothing is double. */
  readonly problems: readonly string[];
}

type Access = Pick<Connection, "config" | "kafka" | "admin" | "log" | "names" | "parts">;

export async function auditPipeline(access: Access): Promise<Audit> {
  const { kafka, admin, names, config } = access;
  const counts = await countRecords(kafka, admin, topicNames.map(names.topic), config.topicPrefix);
  const records = new Map(topicNames.map((name) => [name, counts.get(names.topic(name)) ?? 0]));
  const statuses = await stageStatuses(access);
  const problems: string[] = [];
  const expect: Expect = (what, actual, expected) => {
    if (actual !== expected) problems.push(`${what}: ${actual}, expected ${expected}`);
  };
  const rows = await withDatabase(access, async (database) => {
    const held = await database.transaction(tableCounts);
    await expectRows(access, { records, rows: held }, expect);
    await expectOnePerEntry(database, { statuses, records }, expect);
    return held;
  });
  expectOutcomes(stagesOf(access.parts), { statuses, records }, expect);
  return { records, stages: statuses, rows, problems };
}

type Expect = (what: string, actual: number, expected: number) => void;

/** Every record of a ledger's topic is a row of it. */
async function expectRows(
  { admin, names }: Access,
  { records, rows }: Pick<Audit, "records" | "rows">,
  expect: Expect,
): Promise<void> {
  for (const name of landedTopics) {
    const { kind, table } = landingOf(name);
    // A projection keeps one row of an article or bar that came again.
    if (kind === "projection") continue;
    // Each partition of a topic that is broadcast holds every record, and one of the copies lands.
    const copies = topics[name].broadcast ? (await admin.offsets(names.topic(name))).length : 1;
    const rowsOf = `rows of ${table}${copies > 1 ? ` × ${copies} partitions` : ""}`;
    expect(`${rowsOf} = records of ${name}`, (rows.get(table) ?? 0) * copies, records.get(name) ?? 0);
  }
  expect("records that could not land as they were", rows.get("landing_audit") ?? 0, 0);
}

/** Where a stage gives a record for each entry of a list, and has refused no input, there are as many as the lists' rows name. */
async function expectOnePerEntry(
  database: Pick<Database, "query">,
  { statuses, records }: { readonly statuses: readonly StageStatus[]; readonly records: Audit["records"] },
  expect: Expect,
): Promise<void> {
  for (const name of topicNames) {
    const { onePer } = topics[name];
    const writers = statuses.filter(({ outputs }) => Object.hasOwn(outputs, name));
    if (!onePer || writers.length === 0 || writers.some(({ outcomes }) => outcomes.reject > 0)) continue;
    const landing = landingOf(onePer.topic);
    if (landing.kind === "none")
      throw new Error(`${onePer.topic} does not land: its ${onePer.field} cannot be counted`);
    const entries = await listEntries(database, landing.table, snakeCase(onePer.field));
    expect(`records of ${name} = ${onePer.field} in ${landing.table}`, records.get(name) ?? 0, entries);
  }
}

/** Every input has an outcome, and what a stage counted as published is there. */
function expectOutcomes(
  stages: readonly Part[],
  { statuses, records }: { readonly statuses: readonly StageStatus[]; readonly records: Audit["records"] },
  expect: Expect,
): void {
  for (const stage of stages) {
    const status = statuses.find((entry) => entry.stage === stage.name);
    if (!status) continue;
    const inputs = stage.inputs.reduce((sum, name) => sum + (records.get(name) ?? 0), 0);
    expect(`outcomes of ${stage.name} = its inputs`, handled(status), inputs);
    for (const [topic, published] of Object.entries(status.outputs)) {
      expect(`records of ${topic} = what ${stage.name} published`, records.get(topic as TopicName) ?? 0, published);
    }
  }
}
