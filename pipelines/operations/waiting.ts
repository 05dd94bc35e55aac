/** What lies in the inputs of parts that have drained and came after they began: it waits, and nothing of it is missing. */
import type { TopicName } from "../../schemas/topics.js";
import type { ClusterAdmin } from "../runtime/kafka/admin.js";
import type { CommittedOffset, StoredRecord, TopicPartition } from "../runtime/kafka/types.js";
import type { Names } from "../runtime/names.js";
import type { Part } from "../stages/part.js";

/** Offsets by `topic/partition`, with the topic's name on the broker. */
export type Places = ReadonlyMap<string, number>;

export const placeOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** Where the inputs of a part end now: below these ends everything is taken by a drain that begins later. */
export async function inputEnds(
  { admin, names }: { readonly admin: Pick<ClusterAdmin, "ends" | "refresh">; readonly names: Pick<Names, "topic"> },
  { inputs }: Pick<Part, "inputs">,
): Promise<Places> {
  const ends = await Promise.all(
    inputs.map(names.topic).map(async (topic) => {
      // The topic may have got partitions since.
      await admin.refresh(topic);
      const byPartition = await admin.ends(topic);
      return Array.from(byPartition, ([partition, end]) => [placeOf({ topic, partition }), end] as const);
    }),
  );
  return new Map(ends.flat());
}

/** Records of one input that wait before a part. */
export interface Waiting {
  readonly part: string;
  readonly topic: TopicName;
  readonly records: number;
}

/** Where a part stands in its inputs, and what it had to take. */
export interface Standing {
  readonly part: Pick<Part, "name" | "inputs">;
  readonly committed: readonly CommittedOffset[];
  /** Undefined: everything that is there had to be taken. */
  readonly due: Places | undefined;
}

/** Counts what waits, while the topics are read anyway: exact, as markers of transactions and aborted records are not shown. */
export class WaitingRecords {
  readonly #byTopic = new Map<string, { readonly part: string; readonly from: Places; readonly due: Places }[]>();
  readonly #keys = new Map<string, Set<string | null>>();
  readonly #counts = new Map<string, Waiting>();

  constructor(names: Pick<Names, "topic">, standings: readonly Standing[]) {
    for (const { part, committed, due } of standings) {
      if (!due) continue;
      const from = new Map(committed.map((place) => [placeOf(place), place.offset]));
      for (const name of part.inputs) {
        const topic = names.topic(name);
        this.#byTopic.set(topic, [...(this.#byTopic.get(topic) ?? []), { part: part.name, from, due }]);
        this.#counts.set(`${part.name} ${topic}`, { part: part.name, topic: name, records: 0 });
      }
    }
  }

  /** Takes in a record that the topic shows. */
  see(record: Pick<StoredRecord, "topic" | "partition" | "offset" | "key">): void {
    const place = placeOf(record);
    for (const { part, from, due } of this.#byTopic.get(record.topic) ?? []) {
      if (record.offset < Math.max(from.get(place) ?? 0, due.get(place) ?? 0)) continue;
      const id = `${part} ${record.topic}`;
      const count = this.#counts.get(id);
      if (count) this.#counts.set(id, { ...count, records: count.records + 1 });
      this.#keys.set(id, (this.#keys.get(id) ?? new Set()).add(record.key));
    }
  }

  /** Of all inputs of a part, or of one topic's name on the broker. */
  before(part: string, topic?: TopicName): number {
    return this.list()
      .filter((entry) => entry.part === part && (topic === undefined || entry.topic === topic))
      .reduce((sum, { records }) => sum + records, 0);
  }

  /** Keys of what waits before a part, of a topic by its name on the broker. */
  keys(part: string, topic: string): string[] {
    return [...(this.#keys.get(`${part} ${topic}`) ?? [])].filter((key) => key !== null);
  }

  /** What waits, in the order of the parts. */
  list(): Waiting[] {
    return [...this.#counts.values()].filter(({ records }) => records > 0);
  }
}
