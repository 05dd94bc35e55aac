/**
 * Where a consumer stands at an offset that the broker no longer holds, KafkaJS 2.2.4 commits the beginning of the topic in its
 * group's name: what was committed there is overwritten, and the next start goes on behind the gap as if nothing had been. Here
 * the group's members get an event instead, and nothing is committed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { TopicPartition } from "./types.js";

interface OffsetManager {
  readonly groupId: string;
  setDefaultOffset(this: OffsetManager, position: TopicPartition): Promise<void>;
}

type Listener = (position: TopicPartition) => void;

const listeners = new Map<string, Set<Listener>>();

/** Between two questions for the same offset, while the listener makes up its mind. */
const pauseMs = 500;

/** Groups without a listener (throwaway readers) go on at the beginning, as KafkaJS does. @returns the end of listening */
export function onOutOfRange(groupId: string, listener: Listener): () => void {
  const group = listeners.get(groupId) ?? new Set();
  listeners.set(groupId, group.add(listener));
  return () => {
    group.delete(listener);
    if (group.size === 0) listeners.delete(groupId);
  };
}

/** @param require of the module that loads KafkaJS, so that it is the same copy */
export function reportOutOfRange(require: NodeJS.Require): void {
  const { prototype } = require("kafkajs/src/consumer/offsetManager") as { prototype: OffsetManager };
  // Called below with the manager as its `this`.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const original = prototype.setDefaultOffset;
  prototype.setDefaultOffset = async function setDefaultOffset(this: OffsetManager, position) {
    const group = listeners.get(this.groupId);
    if (!group) return original.call(this, position);
    for (const listener of group) listener({ topic: position.topic, partition: position.partition });
    await sleep(pauseMs);
  };
}
