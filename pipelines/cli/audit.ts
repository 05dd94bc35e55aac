/**
 * The books of the pipeline: what each topic holds, what each stage made of it, and what lies in the database must agree.
 */
import { landedTopics, landingOf, topicNames, topics, type TopicName } from "../../schemas/topics.js";
import { tableCounts } from "../landing/table-counts.js";
import { Database } from "../runtime/database/database.js";
import { countRecords } from "../runtime/kafka/count-records.js";
import { outcomeKinds } from "../runtime/stage/progress.js";
import { stagesOf } from "../stages/part.js";
import type { Context } from "./context.js";
import { stageStatuses, type StageStatus } from "./commands/status.js";

export interface Audit {
  /** Records under read_committed, by topic. */
  readonly records: ReadonlyMap<TopicName, number>;
  readonly stages: readonly StageStatus[];
  /** Rows by table. */
  readonly rows: ReadonlyMap<string, number>;
  /** What does not agree; empty when nothing is missing and nothing is double. */
  readonly problems: readonly string[];
}

export async function auditPipeline(context: Context): Promise<Audit> {
  const records = new Map<TopicName, number>();
  const counts = await countRecords(
    context.kafka,
    context.admin,
    topicNames.map(context.names.topic),
    context.config.topicPrefix,
  );
  for (const name of topicNames) records.set(name, counts.get(context.names.topic(name)) ?? 0);
  const statuses = await stageStatuses(context);
  const rows = new Map<string, number>();
  const problems: string[] = [];
  const expect = (what: string, actual: number, expected: number): void => {
    if (actual !== expected) problems.push(`${what}: ${actual}, expected ${expected}`);
  };
  const database = new Database(context.config.databaseUrl, { connections: 1 });
  try {
    for (const [table, count] of await database.transaction(tableCounts)) rows.set(table, count);
    for (const name of landedTopics) {
      const { kind, table } = landingOf(name);
      // A projection keeps one row of an article or bar that came again.
      if (kind === "projection") continue;
      // Each partition of a topic that is broadcast holds every record, and one of the copies lands.
      const copies = topics[name].broadcast ? (await context.admin.offsets(context.names.topic(name))).length : 1;
      const rowsOf = `rows of ${table}${copies > 1 ? ` × ${copies} partitions` : ""}`;
      expect(`${rowsOf} = records of ${name}`, (rows.get(table) ?? 0) * copies, records.get(name) ?? 0);
    }
    const [fanOut] = await database.query<{ pairs: string; articles: string }>(
      "SELECT coalesce(sum(cardinality(symbols)), 0) AS pairs, count(*) AS articles FROM news",
    );
    const rejectedNews = statuses.find(({ stage }) => stage === "sentiment")?.outcomes.reject ?? 0;
    if (rejectedNews === 0)
      expect("sentiments = articles × their symbols", records.get("news.sentiment") ?? 0, Number(fanOut?.pairs ?? 0));
    expect("records that could not land as they were", rows.get("landing_audit") ?? 0, 0);
  } finally {
    await database.close();
  }
  for (const stage of stagesOf(context.parts)) {
    const status = statuses.find((entry) => entry.stage === stage.name);
    if (!status) continue;
    const inputs = stage.inputs.reduce((sum, name) => sum + (records.get(name) ?? 0), 0);
    const outcomes = outcomeKinds.reduce((sum, kind) => sum + status.outcomes[kind], 0);
    expect(`outcomes of ${stage.name} = its inputs`, outcomes, inputs);
    for (const [topic, published] of Object.entries(status.outputs)) {
      expect(`records of ${topic} = what ${stage.name} published`, records.get(topic as TopicName) ?? 0, published);
    }
  }
  return { records, stages: statuses, rows, problems };
}
