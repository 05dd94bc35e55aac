import { setTimeout as sleep } from "node:timers/promises";
import type { TopicName } from "../../../schemas/topics.js";
import { readTopic } from "../../../pipelines/runtime/kafka/read-topic.js";
import type { Cluster, CleanUp } from "../../helpers/cluster.js";

/**
 * When a number of records of a topic was visible to a `read_committed` consumer. The bytes are only kept, to be decoded
 * when the clock is no longer running: the watcher shares the processor with what it watches.
 */
export class Visible {
  #count = 0;
  #first = 0;
  #last = 0;
  #kept: Buffer[] | undefined;
  #target = Infinity;
  #reached: () => void = () => undefined;

  get count(): number {
    return this.#count;
  }

  note(value: Buffer | null): void {
    this.#last = performance.now();
    if (this.#count === 0) this.#first = this.#last;
    this.#count += 1;
    if (value !== null) this.#kept?.push(value);
    if (this.#count >= this.#target) this.#reached();
  }

  /** Waits until there are so many since the beginning. */
  async until(count: number, seconds = 60): Promise<{ readonly lastAt: number }> {
    if (this.#count < count) {
      await new Promise<void>((resolve, reject) => {
        this.#target = count;
        const timer = setTimeout(
          () => reject(new Error(`${this.#count} records are visible after ${seconds} s, not ${count}`)),
          seconds * 1000,
        );
        this.#reached = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#target = Infinity;
    }
    return { lastAt: this.#last };
  }

  /** Waits until something came, and then nothing more for so long. */
  async settled(quietMs = 3000, seconds = 300): Promise<{ readonly firstAt: number; readonly lastAt: number }> {
    const deadline = performance.now() + seconds * 1000;
    while (this.#count === 0 || performance.now() - this.#last < quietMs) {
      if (performance.now() > deadline)
        throw new Error(`${this.#count} records after ${seconds} s, and no end of them`);
      await sleep(100);
    }
    return { firstAt: this.#first, lastAt: this.#last };
  }

  keep(): void {
    this.#kept = [];
  }

  /** What came since `keep`. */
  kept(): readonly Buffer[] {
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    return kept;
  }
}

/** Starts to read; resolves when what is in the topic already has been read. */
export async function watchRaw(cleanUp: CleanUp, cluster: Cluster, topic: TopicName): Promise<Visible> {
  const visible = new Visible();
  const { kafka, admin, names, config } = cluster;
  const reader = await readTopic(kafka, admin, names.topic(topic), ({ value }) => visible.note(value), {
    groupPrefix: config.topicPrefix,
  });
  cleanUp.after(() => reader.stop());
  await reader.caughtUp;
  return visible;
}
