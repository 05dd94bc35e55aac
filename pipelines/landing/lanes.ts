import type { TopicPartition } from "../runtime/kafka/types.js";
import type { Lane, Portion } from "./lane.js";

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** The lanes of one assignment. */
export class Lanes {
  readonly #lanes: ReadonlyMap<string, Lane>;

  constructor(lanes: readonly Lane[] = []) {
    this.#lanes = new Map(lanes.map((lane) => [keyOf(lane), lane]));
  }

  get all(): readonly Lane[] {
    return [...this.#lanes.values()];
  }

  find(place: TopicPartition): Lane | undefined {
    return this.#lanes.get(keyOf(place));
  }

  get buffered(): number {
    return this.all.reduce((sum, lane) => sum + lane.buffered, 0);
  }

  get lag(): number {
    return this.all.reduce((sum, lane) => sum + lane.lag, 0);
  }

  /** What lay in the topics has landed. */
  get areDone(): boolean {
    return this.all.every((lane) => lane.landed >= lane.end);
  }

  /** @param limit of the records of all portions together */
  take(limit: number): Portion[] {
    const taken: Portion[] = [];
    let room = limit;
    for (const lane of this.all) {
      const portion = lane.take(room);
      if (portion) taken.push(portion);
      room -= portion?.records.length ?? 0;
      if (room === 0) break;
    }
    return taken;
  }
}
