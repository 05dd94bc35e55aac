/** Which records must be in the topics, and what a reader finds there. */
import { compareMergeKeys, inputPosition } from "../../operators/merge.js";
import { recordsOf, runOffline } from "../../pipelines/offline/run.js";
import { derivedTopics } from "../../pipelines/offline/wiring.js";
import { noRouters } from "../../models/runtime/routers.js";
import { stages } from "../../pipelines/stages/index.js";
import type { PartitionLog } from "../../pipelines/runtime/kafka/partition-log.js";
import { topics, type TopicName } from "../../schemas/topics.js";
import type { Cluster } from "../helpers/cluster.js";
import type { Load } from "./load.js";

/** Every record of a topic under read_committed, by whichever client. */
export type ReadTopic = (topic: string) => AsyncIterable<FoundRecord>;

interface FoundRecord {
  readonly partition: number;
  readonly value: Buffer | null;
}

/** By topic. */
export type ExpectedIds = ReadonlyMap<TopicName, ReadonlySet<string>>;

/** What is broadcast is looked at by itself. */
const identified = derivedTopics(stages).filter((name) => !topics[name].broadcast);

/** What {@link idProblems} and {@link inputProblems} look at. */
export const countedTopics: readonly TopicName[] = [...identified, "news.raw", "market.bars", "market.context"];

/** The ids of an undisturbed run over the same input. */
export async function expectedIds({ config }: Cluster, load: Pick<Load, "bars" | "articles">): Promise<ExpectedIds> {
  const expected = await runOffline(
    stages,
    { "news.raw": load.articles.toSorted(compareMergeKeys), "market.bars": load.bars.toSorted(compareMergeKeys) },
    { settings: config, routers: noRouters },
  );
  return new Map(identified.map((name) => [name, new Set(idsOf(name, recordsOf(expected, name)))]));
}

const idsOf = (name: TopicName, records: readonly unknown[]): string[] =>
  records.map((record) => inputPosition(name, record).id);

/** Each id once, none more, none less. @param optional ids that may be there as well */
export async function idProblems(
  cluster: Cluster,
  expected: ExpectedIds,
  read: ReadTopic,
  optional: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, wanted] of expected) {
    const { seen, doubled } = await idsIn(cluster, name, read);
    const lost = [...wanted].filter((id) => !seen.has(id)).length;
    const strangers = [...seen].filter((id) => !wanted.has(id) && !optional.has(id)).length;
    if (lost > 0) problems.push(`${name}: ${lost} of ${wanted.size} records are lost`);
    if (doubled > 0) problems.push(`${name}: ${doubled} records are doubled`);
    if (strangers > 0) problems.push(`${name}: ${strangers} records that no undisturbed run has`);
  }
  return problems;
}

/** What was published is there, once unless it had to be sent again; what is broadcast is once in every partition. */
export async function inputProblems(cluster: Cluster, load: Load, read: ReadTopic): Promise<string[]> {
  const problems: string[] = [];
  const published = { "news.raw": load.articles, "market.bars": load.bars };
  for (const [name, records] of Object.entries(published)) {
    const { seen, doubled } = await idsIn(cluster, name as keyof typeof published, read);
    const lost = records.filter(({ id }) => !seen.has(id)).length;
    if (lost > 0) problems.push(`${name}: ${lost} of ${records.length} records are lost`);
    if (doubled > 0 && load.repeats === 0) problems.push(`${name}: ${doubled} records are doubled`);
  }
  const { seen, doubled, records } = await idsIn(cluster, "market.context", read);
  if (doubled > 0) problems.push(`market.context: ${doubled} records are doubled within a partition`);
  const copies = seen.size * cluster.config.partitions;
  if (records - doubled !== copies) problems.push(`market.context: ${records} records instead of ${copies}`);
  return problems;
}

/** Doubled are ids that come again: of what is broadcast within a partition, of all else anywhere. */
async function idsIn(
  cluster: Cluster,
  name: TopicName,
  read: ReadTopic,
): Promise<{ seen: ReadonlySet<string>; doubled: number; records: number }> {
  const codec = await cluster.codec(name);
  const { id: idOf, broadcast } = topics[name] as { id: (record: unknown) => string; broadcast: boolean };
  const [seen, places] = [new Set<string>(), new Set<string>()];
  let records = 0;
  for await (const { partition, value } of read(cluster.names.topic(name))) {
    const id = idOf(await codec.read(value));
    seen.add(id);
    places.add(broadcast ? `${partition} ${id}` : id);
    records += 1;
  }
  return { seen, doubled: records - places.size, records };
}

/** As the pipeline's own client reads. */
export const ownReader = (log: PartitionLog): ReadTopic =>
  async function* (topic) {
    for (const { partition, low, stable } of await log.settledBounds(topic))
      for await (const records of log.read(topic, partition, low, stable)) yield* records;
  };

/** Topics that were read in one go, to be looked at one by one: Kafka's own client takes half a second to begin a read. */
export async function readAtOnce(records: AsyncIterable<FoundRecord & { readonly topic: string }>): Promise<ReadTopic> {
  const found = new Map<string, FoundRecord[]>();
  for await (const { topic, partition, value } of records) {
    const own = found.get(topic) ?? [];
    own.push({ partition, value });
    found.set(topic, own);
  }
  return async function* (topic) {
    yield* found.get(topic) ?? [];
  };
}
