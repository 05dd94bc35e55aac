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
import { partStandings, type StageStatus } from "./stage-status.js";
import { WaitingRecords, type Places, type Waiting } from "./waiting.js";

export interface Audit {
  /** Records under read_committed, by topic. */
  readonly records: ReadonlyMap<TopicName, number>;
  readonly stages: readonly StageStatus[];
  /** Rows by table. */
  readonly rows: ReadonlyMap<string, number>;
  /** What does not agree; empty when nothing is missing and nothing is double. */
  readonly problems: readonly string[];
  /** What came after the drains began, and is not missing: exact counts. */
  readonly waiting: readonly Waiting[];
}

type Access = Pick<Connection, "config" | "kafka" | "admin" | "log" | "names" | "parts">;

/**
 * @param drained where the inputs of each part ended when it began to drain: what came later may wait. Without it, everything
 *   that is there must have been taken, and what was not is a problem
 */
export async function auditPipeline(access: Access, drained?: ReadonlyMap<string, Places>): Promise<Audit> {
  const { kafka, admin, names, config } = access;
  // Before the topics are read: what comes meanwhile is behind these offsets, and counts as waiting.
  const standings = await partStandings(access);
  const statuses = standings.map(({ status }) => status);
  const waiting = new WaitingRecords(
    names,
    standings.map(({ part, committed }) => ({ part, committed, due: drained?.get(part.name) })),
  );
  const topicsOnBroker = topicNames.map(names.topic);
  const counts = await countRecords(kafka, admin, topicsOnBroker, config.topicPrefix, (record) => waiting.see(record));
  const records = new Map(topicNames.map((name) => [name, counts.get(names.topic(name)) ?? 0]));
  const problems: string[] = [];
  const expect: Expect = (what, actual, expected) => {
    if (actual !== expected) problems.push(`${what}: ${actual}, expected ${expected}`);
  };
  const rows = await withDatabase(access, async (database) => {
    const held = await database.transaction(tableCounts);
    await expectRows(access, { records, rows: held, waiting }, expect);
    await expectOnePerEntry({ database, names }, { statuses, waiting }, expect);
    return held;
  });
  expectOutcomes(stagesOf(access.parts), { statuses, records, waiting }, expect);
  return { records, stages: statuses, rows, problems, waiting: waiting.list() };
}

type Expect = (what: string, actual: number, expected: number) => void;

/** Every record of a ledger's topic is a row of it. */
async function expectRows(
  { admin, names }: Access,
  { records, rows, waiting }: Pick<Audit, "records" | "rows"> & { readonly waiting: WaitingRecords },
  expect: Expect,
): Promise<void> {
  for (const name of landedTopics) {
    const { kind, table } = landingOf(name);
    // A projection keeps one row of an article or bar that came again.
    if (kind === "projection") continue;
    // Each partition of a topic that is broadcast holds every record, and one of the copies lands.
    const copies = topics[name].broadcast ? (await admin.offsets(names.topic(name))).length : 1;
    const rowsOf = `rows of ${table}${copies > 1 ? ` × ${copies} partitions` : ""}`;
    const landed = (records.get(name) ?? 0) - waiting.before("landing", name);
    expect(`${rowsOf} = records of ${name}`, (rows.get(table) ?? 0) * copies, landed);
  }
  expect("records that could not land as they were", rows.get("landing_audit") ?? 0, 0);
}

/** Where a stage gives a record for each entry of a list, and has refused no input, there are as many as the lists' rows name. */
async function expectOnePerEntry(
  { database, names }: Pick<Access, "names"> & { readonly database: Pick<Database, "query"> },
  { statuses, waiting }: { readonly statuses: readonly StageStatus[]; readonly waiting: WaitingRecords },
  expect: Expect,
): Promise<void> {
  for (const name of topicNames) {
    const { onePer } = topics[name];
    const writers = statuses.filter(({ outputs }) => Object.hasOwn(outputs, name));
    if (!onePer || writers.length === 0 || writers.some(({ outcomes }) => outcomes.reject > 0)) continue;
    const { table, column } = { table: tableOf(onePer.topic), column: snakeCase(onePer.field) };
    const entries = { table: tableOf(name), idColumn: snakeCase(onePer.by) };
    const left = writers.flatMap(({ stage }) => waiting.keys(stage, names.topic(onePer.topic)));
    const { listed, written } = await listEntries(database, { lists: { table, column }, entries }, left);
    expect(`rows of ${entries.table} = ${onePer.field} in ${table}`, written, listed);
  }
}

/** @throws Error for a topic that does not land: nothing of it could be counted */
function tableOf(name: TopicName): string {
  const landing = landingOf(name);
  if (landing.kind === "none") throw new Error(`${name} does not land`);
  return landing.table;
}

/** Every input has an outcome, and what a stage counted as published is there. */
function expectOutcomes(
  stages: readonly Part[],
  {
    statuses,
    records,
    waiting,
  }: Pick<Audit, "records"> & {
    readonly statuses: readonly StageStatus[];
    readonly waiting: WaitingRecords;
  },
  expect: Expect,
): void {
  for (const stage of stages) {
    const status = statuses.find((entry) => entry.stage === stage.name);
    if (!status) continue;
    const inputs = stage.inputs.reduce((sum, name) => sum + (records.get(name) ?? 0), 0);
    expect(`outcomes of ${stage.name} = its inputs`, handled(status), inputs - waiting.before(stage.name));
    for (const [topic, published] of Object.entries(status.outputs)) {
      expect(`records of ${topic} = what ${stage.name} published`, records.get(topic as TopicName) ?? 0, published);
    }
  }
}
