import { lineageHeaders } from "../../../schemas/headers.js";
import type { TopicName } from "../../../schemas/topics.js";
import { TransientError } from "../../../schemas/transient-error.js";
import type { CommittedOffset, NewRecord } from "../kafka/types.js";
import type { TaskAccounting } from "./accounting.js";
import type { CrashNote, CrashWatch } from "./crash-watch.js";
import type { InputQueue } from "./input-queue.js";
import type { MergeOrder } from "./merge-order.js";
import type { MergedEntry } from "./merge.js";
import { processBatch, rejected, type ProcessedEntry } from "./process-batch.js";
import { decodeProgress, encodeProgress, noOutcomes, type OutcomeCounts } from "./progress.js";
import type { TaskContext } from "./task-context.js";
import type { TaskState } from "./task-state.js";

/** What a task has in hand from a take-over to the next. */
export interface TaskHolding {
  readonly producer: ReturnType<TaskContext["createProducer"]>;
  readonly queues: readonly InputQueue[];
  readonly state: TaskState;
  readonly accounting: TaskAccounting;
  readonly order: MergeOrder;
}

/** The transactions of one task, under one epoch of its producer: whatever throws here ends what it has in hand. */
export class TaskCommits {
  constructor(
    private readonly context: TaskContext,
    private readonly held: TaskHolding,
    private readonly watch: CrashWatch,
  ) {}

  /** Where the task stands, for a note that is committed before a batch; to be called before the batch is taken. */
  here(): CommittedOffset[] {
    return this.#offsets([0]);
  }

  /**
   * The order in which a batch is committed: the heart of exactly-once.
   *
   * 1. Decoded already: what cannot be is an outcome too (rejected, with its bytes).
   * 2. The operator gives one outcome per input, over a layer of state that nothing else sees yet.
   * 3. One transaction: outputs, rejects, changelog (one record per changed key), the inputs' offsets with the counts.
   * 4. Only after its commit the layer becomes the state. On any error, an unknown outcome of the commit included, the
   *    task and its memory are dropped and it takes over again from what the broker holds.
   */
  async batch(batch: readonly MergedEntry[], operate: () => Promise<ProcessedEntry[]>): Promise<void> {
    const started = performance.now();
    const { state, accounting } = this.held;
    state.store.begin();
    const processed = await operate();
    const operated = performance.now();
    const records = [...this.#recordsOf(processed), ...state.changes()];
    await this.#transact(records, accounting.enter(processed));
    state.store.apply();
    this.context.metrics.batch(batch.length, operated - started, performance.now() - operated);
    this.#measure(processed);
  }

  /** Once an input and a transaction: to find a metric by its labels costs more than to count. */
  #measure(processed: readonly ProcessedEntry[]): void {
    const { context } = this;
    const counted = new Map<TopicName, { readonly outcomes: OutcomeCounts; outputs: number }>();
    for (const { kind, merged, outputs, outcome } of processed) {
      const { topic, decoded } = merged.entry;
      let counts = counted.get(topic);
      if (!counts) counted.set(topic, (counts = { outcomes: noOutcomes(), outputs: 0 }));
      counts.outcomes[kind] += 1;
      counts.outputs += outputs;
      if (outcome) context.onOutcome?.(outcome, decoded);
    }
    for (const [topic, counts] of counted) context.metrics.committed(topic, counts);
  }

  /** A single record, which the note names as being tried; see `CrashWatch`. */
  async alone(batch: readonly MergedEntry[], here: readonly CommittedOffset[]): Promise<void> {
    const [only] = batch;
    const verdict = only && this.watch.verdict(only);
    if (verdict !== undefined) {
      await this.batch(batch, async () => [rejected(this.context, only as MergedEntry, "PROCESS_CRASHED", verdict)]);
      return;
    }
    await this.note(here, batch);
    try {
      await this.batch(batch, () => processBatch(this.context, this.held.state.store, batch));
    } catch (error) {
      // It has come back alive: what kills the process while it waits is not this record.
      if (error instanceof TransientError) await this.held.producer.commit([], this.context.group, here);
      throw error;
    }
  }

  /** Commits, at the position before the batch, what the task is about to do. */
  async note(here: readonly CommittedOffset[], batch: readonly MergedEntry[]): Promise<void> {
    await this.held.producer.commit([], this.context.group, withNote(here, this.watch.note(batch)));
  }

  /** The end of a sorted part has no entry of its own that would have committed it. */
  async end(): Promise<void> {
    await this.#transact([], this.held.queues.keys());
  }

  async #transact(records: readonly NewRecord[], inputs: Iterable<number>): Promise<void> {
    const { isDue, carried } = this.watch;
    // The note stands beside the first input: where there is one, its place is committed too, with what is left to be noted.
    const moved = this.#offsets(isDue ? new Set([0, ...inputs]) : inputs);
    const offsets = carried ? [...withNote(moved.slice(0, 1), carried), ...moved.slice(1)] : moved;
    await this.held.producer.commit(records, this.context.group, offsets);
  }

  #offsets(inputs: Iterable<number>): CommittedOffset[] {
    const { accounting, queues, order } = this.held;
    return accounting.offsets(queues, inputs, order.carried());
  }

  /** What is to be written; outputs carry the order in which the inputs before them were taken, where the log does not show it. */
  #recordsOf(processed: readonly ProcessedEntry[]): NewRecord[] {
    const { order } = this.held;
    return processed.flatMap(({ merged, records, outputs }) => {
      order.take(merged.queue, merged.entry.availableAt);
      const taken = outputs > 0 ? order.emitted() : undefined;
      if (taken === undefined) return records;
      const ordered = records
        .slice(0, outputs)
        .map((record) => ({ ...record, headers: { ...record.headers, [lineageHeaders.order]: taken } }));
      return [...ordered, ...records.slice(outputs)];
    });
  }
}

const withNote = (offsets: readonly CommittedOffset[], crash: CrashNote): CommittedOffset[] =>
  offsets.map((offset) => ({ ...offset, metadata: encodeProgress({ ...decodeProgress(offset.metadata), crash }) }));
