/** Loads on several producers at once while something happens, and what the topics hold afterwards. */
import { readConfig } from "../../../pipelines/config.js";
import { ClusterAdmin } from "../../../pipelines/runtime/kafka/admin.js";
import { createKafka } from "../../../pipelines/runtime/kafka/client.js";
import { createLogger } from "../../../pipelines/runtime/logger.js";
import type { KafkaCluster } from "../kafka-cluster.js";
import type { LoadKind, LoadSettings } from "./load.js";
import { partitions } from "./numbers.js";
import { ProducerLoad } from "./producer-load.js";
import { RecordTally, type Tally } from "./tally.js";

export type LoadSize = Omit<LoadSettings, "kind" | "topic">;

export interface LoadsOptions {
  /** Of topics, transactional ids and groups. */
  readonly prefix: string;
  readonly sizes: Readonly<Partial<Record<LoadKind, LoadSize>>>;
  /** Begins when every load is under way; they go on until it is over, and until they have written their records. */
  readonly during: (loads: readonly ProducerLoad[]) => Promise<unknown>;
  /** For the loads to come to their end afterwards. */
  readonly patience?: number;
}

export interface LoadResult {
  readonly kind: LoadKind;
  readonly tally: Tally;
  /** Batches that threw: begun again by the transactional and the bulk load, given up by the plain one. */
  readonly failures: number;
  /** How often which fault was thrown. */
  readonly faults: Readonly<Record<string, number>>;
  /** Of the load, without the count. */
  readonly seconds: number;
  /** The longest time without an acknowledgement. */
  readonly longestPause: number;
}

export async function runLoads(
  cluster: KafkaCluster,
  { prefix, sizes, during, patience = 120 }: LoadsOptions,
): Promise<LoadResult[]> {
  const settings = Object.entries(sizes).map(([kind, size]): LoadSettings => {
    return { ...size, kind: kind as LoadKind, topic: `${prefix}.${kind}` };
  });
  await createTopics(
    cluster,
    settings.map(({ topic }) => topic),
  );
  const loads = settings.map((of) => new ProducerLoad(of, cluster.environment));
  try {
    const began = performance.now();
    await Promise.all(loads.map((load) => load.progress()));
    await during(loads);
    const written = await Promise.all(loads.map((load) => load.finish(patience)));
    const seconds = (performance.now() - began) / 1000;
    // A leader that was frozen or left behind may still answer with its own end of the log.
    if (cluster.nodes.every(({ isRunning }) => isRunning)) await cluster.untilInSync(120_000);
    const counted = loads.map((load, index) => ({ load, tally: new RecordTally(written[index] ?? []) }));
    const tallies = new Map(counted.map(({ load: { settings }, tally }) => [settings.topic, tally]));
    for await (const record of cluster.readCommitted([...tallies.keys()])) tallies.get(record.topic)?.add(record);
    return counted.map(({ load, tally }) => ({
      kind: load.settings.kind,
      tally: tally.result(),
      failures: load.failures,
      faults: Object.fromEntries(load.faults),
      seconds,
      longestPause: load.longestPause,
    }));
  } finally {
    await Promise.all(loads.map((load) => load.end()));
  }
}

/** What no producer may do, whatever happens to the brokers. */
export function producerProblems(results: readonly LoadResult[]): string[] {
  return results.flatMap(({ kind, tally: { records, lost, doubled, disordered, strangers } }) =>
    Object.entries({ lost, doubled, disordered, strangers })
      .filter(([, count]) => count > 0)
      .map(([what, count]) => `${kind}: ${count} of ${records} records ${what}`),
  );
}

async function createTopics(cluster: KafkaCluster, names: readonly string[]): Promise<void> {
  const kafka = createKafka(readConfig(cluster.environment), createLogger("silent"), "loads");
  const admin = new ClusterAdmin(kafka);
  const replication = Number(cluster.environment.NEWSTAPE_REPLICATION);
  try {
    await admin.createTopics(names.map((name) => ({ name, partitions, replication, config: {} })));
  } finally {
    await admin.close();
  }
}
