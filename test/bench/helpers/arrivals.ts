import { setTimeout as sleep } from "node:timers/promises";
import type { TopicName, TopicRecords } from "../../../schemas/topics.js";
import { readTopic } from "../../../pipelines/runtime/kafka/read-topic.js";

import type { Cluster, CleanUp } from "../../helpers/cluster.js";

/** When each record became visible to a `read_committed` consumer, by what `identify` calls it. */
export class Arrivals {
  readonly #seen = new Map<string, number>();
  #repeats = 0;

  get count(): number {
    return this.#seen.size;
  }

  /** Records that were seen more than once. */
  get repeats(): number {
    return this.#repeats;
  }

  at(id: string): number | undefined {
    return this.#seen.get(id);
  }

  note(id: string, now: number): void {
    if (this.#seen.has(id)) this.#repeats += 1;
    else this.#seen.set(id, now);
  }

  /** Waits until all of them are there; those that never came are seen by `at`. */
  async waitFor(ids: readonly string[], seconds = 30): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!ids.every((id) => this.#seen.has(id)) && Date.now() < deadline) await sleep(20);
  }
}

/** Starts to read; resolves when what is in the topic already has been read. */
export async function watch<Name extends TopicName>(
  cleanUp: CleanUp,
  cluster: Cluster,
  topic: Name,
  identify: (record: TopicRecords[Name]) => string,
): Promise<Arrivals> {
  const codec = await cluster.codec(topic);
  const arrivals = new Arrivals();
  const { kafka, admin, names } = cluster;
  const reader = await readTopic(
    kafka,
    admin,
    names.topic(topic),
    ({ value }) => {
      const now = performance.now();
      arrivals.note(identify(codec.decode(value)), now);
    },
    { groupPrefix: cluster.config.topicPrefix },
  );
  cleanUp.after(() => reader.stop());
  await reader.caughtUp;
  return arrivals;
}
