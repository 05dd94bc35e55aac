/** What must be true of a pipeline after whatever was done to it. */
import { judgeAccounting, readAccounting } from "../../pipelines/operations/accounting.js";
import { findGaps, sequenceTables } from "../../pipelines/operations/doctor/sequence-gaps.js";
import { replay } from "../../pipelines/operations/replay/replay.js";
import type { Difference } from "../../pipelines/operations/replay/task-replay.js";
import { PartitionLog } from "../../pipelines/runtime/kafka/partition-log.js";
import { stages } from "../../pipelines/stages/index.js";
import type { Cluster } from "../helpers/cluster.js";
import type { TestDatabase } from "../helpers/database.js";
import type { CommittedRecord } from "../helpers/read-committed.js";
import { countedTopics, idProblems, inputProblems, ownReader, readAtOnce, type ExpectedIds } from "./identity.js";
import type { Load } from "./load.js";

/** The doctor's findings on a pipeline with which nothing is wrong: everything published was read, and no number is missing. */
export async function doctorProblems(cluster: Cluster, database: TestDatabase["database"]): Promise<string[]> {
  const log = new PartitionLog(cluster.kafka);
  try {
    const look = () => readAccounting({ ...cluster, log });
    const verdicts = judgeAccounting(await look(), await look());
    const gaps = await Promise.all(
      sequenceTables.map(async (sequence) => {
        const { found } = await database.transaction((client) => findGaps(client, sequence));
        return found > 0 ? [`${found} gaps in the sequence of ${sequence.table}`] : [];
      }),
    );
    const unbalanced = verdicts.filter(({ kind }) => kind !== "balanced");
    return [
      ...unbalanced.map((verdict) => `the doctor's check of the accounting: ${JSON.stringify(verdict)}`),
      ...gaps.flat(),
    ];
  } finally {
    await log.close();
  }
}

/**
 * The ids in the topics against those of an undisturbed run over the same input: each once, none more, none less.
 *
 * @param optional ids that may be there as well
 */
export async function identityProblems(
  cluster: Cluster,
  expected: ExpectedIds,
  optional: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  const log = new PartitionLog(cluster.kafka);
  try {
    return await idProblems(cluster, expected, ownReader(log), optional);
  } finally {
    await log.close();
  }
}

/** The same, and what was published and broadcast, as another client than the pipeline's reads it. */
export async function countedProblems(
  cluster: Cluster,
  load: Load,
  expected: ExpectedIds,
  readTopics: (topics: readonly string[]) => AsyncIterable<CommittedRecord>,
): Promise<string[]> {
  const read = await readAtOnce(readTopics(countedTopics.map(cluster.names.topic)));
  const problems = await idProblems(cluster, expected, read);
  problems.push(...(await inputProblems(cluster, load, read)));
  return problems.map((problem) => `counted by Kafka's own consumer: ${problem}`);
}

/** Values against a replay in the logged order. */
export async function replayProblems(cluster: Cluster): Promise<string[]> {
  const log = new PartitionLog(cluster.kafka);
  const shown: Difference[] = [];
  try {
    const results = await replay({
      ...cluster,
      log,
      stages,
      onDifference: (difference) => {
        if (shown.length < 3) shown.push(difference);
      },
    });
    return results.flatMap(({ stage, records, identical, differences, unverified }) => [
      ...(differences > 0 ? [`replay of ${stage}: ${differences} differ: ${JSON.stringify(shown)}`] : []),
      ...(identical < records ? [`replay of ${stage}: ${identical} of ${records} identical`] : []),
      ...Object.entries(unverified).map(([reason, count]) => `replay of ${stage}: ${count} not verified: ${reason}`),
    ]);
  } finally {
    await log.close();
  }
}
