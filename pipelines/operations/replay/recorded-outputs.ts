import type { TopicName } from "../../../schemas/topics.js";
import { topics } from "../../../schemas/topics.js";
import type { PartitionLog } from "../../runtime/kafka/partition-log.js";
import type { StoredRecord } from "../../runtime/kafka/types.js";
import type { Names } from "../../runtime/names.js";
import type { AnyStage } from "../../runtime/stage/definition.js";
import { parseLineage, placeText, type Lineage } from "./lineage.js";

/** Everything that was published because of one input. */
export interface RecordedEmission {
  readonly lineage: Lineage;
  readonly records: readonly { readonly name: TopicName; readonly stored: StoredRecord }[];
}

interface Source {
  readonly name: TopicName;
  readonly stream: AsyncGenerator<StoredRecord[]>;
  buffer: StoredRecord[];
  at: number;
  head: { stored: StoredRecord; lineage: Lineage } | undefined;
}

/** Where an emission stands in the order of its task: how much had been read in all. */
const reached = ({ joined, trigger }: Lineage): number =>
  joined.length > 0 ? joined.reduce((sum, { position }) => sum + position, 0) : trigger.offset;

/**
 * What a task has published, in its order. Its records may be in several partitions, among those of other tasks (a topic
 * that is repartitioned, or broadcast), but in each in the order in which they were written.
 *
 * @param isOwn whether an input place is the task's
 */
export async function* recordedEmissions(
  log: PartitionLog,
  stage: AnyStage,
  names: Names,
  task: number,
  isOwn: (trigger: Lineage["trigger"]) => boolean,
): AsyncGenerator<RecordedEmission> {
  const sources: Source[] = [];
  for (const name of stage.outputs as TopicName[]) {
    const isSpread = topics[name].repartitioned || topics[name].broadcast;
    for (const { partition, low, stable } of await log.settledBounds(names.topic(name))) {
      if (!isSpread && partition !== task) continue;
      const stream = log.read(names.topic(name), partition, low, stable);
      sources.push({ name, stream, buffer: [], at: 0, head: undefined });
    }
  }
  const advance = async (source: Source): Promise<void> => {
    source.head = undefined;
    for (;;) {
      if (source.at >= source.buffer.length) {
        const next = await source.stream.next();
        if (next.done) return;
        source.buffer = next.value;
        source.at = 0;
        continue;
      }
      const stored = source.buffer[source.at];
      source.at += 1;
      const lineage = stored && parseLineage(stored.headers);
      if (!stored || !lineage || !isOwn(lineage.trigger)) continue;
      source.head = { stored, lineage };
      return;
    }
  };
  for (const source of sources) await advance(source);
  for (;;) {
    let first: Lineage | undefined;
    for (const { head } of sources)
      if (head && (!first || reached(head.lineage) < reached(first))) first = head.lineage;
    if (!first) return;
    const place = placeText(first.trigger);
    const records: { name: TopicName; stored: StoredRecord }[] = [];
    for (const source of sources) {
      while (source.head && placeText(source.head.lineage.trigger) === place) {
        records.push({ name: source.name, stored: source.head.stored });
        await advance(source);
      }
    }
    yield { lineage: first, records };
  }
}
