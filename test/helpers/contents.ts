/** What a topic holds, in figures that can be compared. */
import { createHash } from "node:crypto";
import type { TopicDefinition } from "../../schemas/topics.js";

export interface TopicContents {
  readonly records: number;
  /** Records whose key and bytes are those of another one: of what is broadcast within a partition, of all else anywhere. */
  readonly doubled: number;
  /** Of what is broadcast: whether the partitions hold different records. */
  readonly uneven: boolean;
  /** Over the records whatever their partition and order; a broadcast one counts once. */
  readonly digest: string;
}

interface Found {
  readonly partition: number;
  readonly key: string | null;
  readonly value: Buffer | null;
}

/** The id of the schema, which the registry gave. */
const schemaBytes = 5;

/** A record's bytes show whether it is there twice: each has an id of its own in it, unless the topic is compacted. */
export class ContentsTally {
  #records = 0;
  /** Digests of the records by partition; by none where a record is in one alone. */
  readonly #held = new Map<number, Set<string>>();

  constructor(private readonly topic: Pick<TopicDefinition, "broadcast" | "cleanup">) {}

  add({ partition, key, value }: Found): void {
    const hash = createHash("sha256").update(value?.subarray(schemaBytes) ?? "");
    const { broadcast } = this.topic;
    if (!broadcast) hash.update("\0").update(key ?? "\0");
    const place = broadcast ? partition : -1;
    const held = this.#held.get(place) ?? new Set();
    this.#held.set(place, held.add(hash.digest("hex")));
    this.#records += 1;
  }

  result(): TopicContents {
    const sets = [...this.#held.values()];
    const all = new Set(sets.flatMap((held) => [...held]));
    const distinct = sets.reduce((sum, { size }) => sum + size, 0);
    return {
      records: this.#records,
      doubled: this.topic.cleanup === "compact" ? 0 : this.#records - distinct,
      uneven: sets.some(({ size }) => size !== all.size),
      digest: createHash("sha256")
        .update([...all].sort().join())
        .digest("hex"),
    };
  }
}
