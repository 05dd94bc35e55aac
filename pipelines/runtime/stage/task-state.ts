import type { FetchedBatch, NewRecord, TopicPartition } from "../kafka/types.js";
import type { Latch } from "./latch.js";
import { ChangelogRestore } from "./restore.js";
import { StateStore } from "./state-store.js";
import type { TaskContext } from "./task-context.js";

type StateContext = Pick<TaskContext, "stage" | "names" | "stateCodec" | "consumer" | "admin">;

/** The keyed state of one task, and the partition of the changelog that it is restored from. */
export class TaskState {
  /** None of a stage that keeps no state. */
  readonly changelog: TopicPartition | undefined;
  #store = new StateStore<unknown>();
  #restore: ChangelogRestore | undefined;

  constructor(
    private readonly context: StateContext,
    task: number,
  ) {
    const { stage, names } = context;
    this.changelog = stage.stateSchema ? { topic: names.changelog(stage.name), partition: task } : undefined;
  }

  /** Of the latest take-over. */
  get store(): StateStore<unknown> {
    return this.#store;
  }

  /** Whether this is the changelog's. The partition needs no check: a task is given its own alone. */
  reads({ topic }: Pick<TopicPartition, "topic">): boolean {
    return topic === this.changelog?.topic;
  }

  get isRestoring(): boolean {
    return this.#restore !== undefined;
  }

  accept(batch: FetchedBatch): void {
    if (this.#restore && !this.#restore.push(batch)) this.context.consumer.seek(batch, this.#restore.next);
  }

  skipped(nextOffset: number): void {
    this.#restore?.skip(nextOffset);
  }

  seekAgain(): void {
    if (this.changelog && this.#restore) this.context.consumer.seek(this.changelog, this.#restore.next);
  }

  /**
   * Forgets what there was, and reads the changelog.
   *
   * @param end as this task's own write shows it, which no broker that was left behind can have
   * @param arrived wakes when something of the changelog has come, or `check` may throw
   * @param check throws when the task must begin anew
   */
  async restore(end: number | undefined, arrived: Latch, check: () => void): Promise<void> {
    this.#store = new StateStore();
    const { changelog } = this;
    const { stage, stateCodec, admin, consumer } = this.context;
    if (!changelog || !stateCodec) return;
    if (end === undefined) throw new Error("where the changelog ends is not known");
    const bound = (await admin.offsets(changelog.topic))[changelog.partition];
    if (!bound) throw new Error(`${changelog.topic} has no partition ${changelog.partition}`);
    check();
    const restore = new ChangelogRestore(bound.low, end);
    this.#restore = restore;
    try {
      consumer.seek(changelog, bound.low);
      consumer.resume([changelog]);
      while (!restore.done) {
        await arrived.wait();
        check();
      }
      await restore.into(this.#store, stateCodec, stage);
    } finally {
      consumer.pause([changelog]);
      this.#restore = undefined;
    }
  }

  /** What the batch in work has changed, for the changelog: one record a key, without a value for one that is deleted. */
  changes(): NewRecord[] {
    const { changelog } = this;
    const { stateCodec } = this.context;
    if (!changelog || !stateCodec) return [];
    return [...this.#store.writes()].map(([key, value]) => ({
      ...changelog,
      key,
      value: value === undefined ? null : stateCodec.encode(value),
    }));
  }
}
