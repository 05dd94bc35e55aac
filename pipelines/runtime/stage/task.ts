import { setTimeout as sleep } from "node:timers/promises";
import { TransientError } from "../../../schemas/transient-error.js";
import type { TopicName } from "../../../schemas/topics.js";
import type { RecordCodec } from "../codec.js";
import { messageOf, UserError } from "../errors.js";
import { confirmUnreadable, unreadable } from "../retention.js";
import type { ClusterAdmin, PartitionOffsets } from "../kafka/admin.js";
import { isFenced, refusalOf } from "../kafka/errors.js";
import type { GroupConsumer } from "../kafka/group-consumer.js";
import type { TransactionalProducer } from "../kafka/producers.js";
import type { CommittedOffset, FetchedBatch, NewRecord, TopicPartition } from "../kafka/types.js";
import type { Logger } from "../logger.js";
import type { StageMetrics } from "../metrics.js";
import { TaskBooks } from "./books.js";
import { CrashWatch } from "./crash-watch.js";
import { InputQueue } from "./input-queue.js";
import { MergeOrder, orderHeader } from "./merge-order.js";
import { takeMerged, type MergedEntry } from "./merge.js";
import { processBatch, rejected, type ProcessContext, type ProcessedEntry } from "./process-batch.js";
import { decodeProgress, encodeProgress } from "./progress.js";
import { quarantine } from "./quarantine.js";
import { ChangelogRestore } from "./restore.js";
import { Signal } from "./signal.js";
import { StateStore } from "./state-store.js";
import type { TaskLayout } from "./task-layout.js";

/** What a task shares with the other tasks of its stage in this process. */
export interface TaskContext extends ProcessContext {
  readonly group: string;
  readonly layout: TaskLayout;
  /** Whether tasks of several partitions write to one partition of the topic. */
  isRepartitioned(topic: TopicName): boolean;
  readonly consumer: GroupConsumer;
  readonly admin: ClusterAdmin;
  createProducer(task: number): TransactionalProducer;
  readonly stateCodec: RecordCodec<unknown> | undefined;
  readonly batchRecords: number;
  readonly lingerMs: number;
  /** Stop at what lay in the inputs at take-over (a backfill) rather than go on for ever. */
  readonly drain: boolean;
  readonly logger: Logger;
  readonly metrics: StageMetrics;
  /** Called with every output of a stage that measures them, once it is committed. */
  onSaid?(record: unknown): void;
  /** Resolves when this member is known to be the legitimate owner again; see `Membership`. */
  legitimate(): Promise<void>;
  /** The stage cannot go on. */
  onFatal(error: Error): void;
  /** The task has reached the end of its inputs, when draining. */
  onDrained(): void;
}

class Restart extends Error {}

/** What the buffers of one task may hold, over all partitions of an input: a task that reads all has many of them. */
const buffers = { records: 30_000, bytes: 32 << 20 };
const buffer = { records: 10_000, bytes: 8 << 20 };

/**
 * Partition *p* of all inputs of a stage, or every partition of them, with its own state and its own transactional
 * producer. Starting up is recovering; there is no second path.
 */
export class Task {
  readonly #queues: InputQueue[];
  readonly #changelog: { readonly topic: string; readonly partition: number } | undefined;
  readonly #signal = new Signal();
  readonly #logger: Logger;
  #state = new StateStore<unknown>();
  #books: TaskBooks;
  #order: MergeOrder;
  readonly #watch = new CrashWatch();
  #producer: TransactionalProducer | undefined;
  /** Inputs of which it is being found out whether the broker still holds what comes next: it says so twice a second. */
  readonly #confirming = new Set<InputQueue>();
  #restore: ChangelogRestore | undefined;
  #phase: "taking over" | "running" | "drained" = "taking over";
  #isClosed = false;
  #markClosed: () => void = () => undefined;
  /** Not through the signal, whose wake-ups belong to the processing loop alone. */
  readonly #closed = new Promise<void>((resolve) => (this.#markClosed = resolve));
  /** Set by a rebalance that came while taking over: what was sought and paused is void. */
  #restart = false;
  /** When the latest batch was begun, on the monotonic clock. */
  #lastBatch = -Infinity;
  #finished: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: TaskContext,
    readonly number: number,
  ) {
    const { stage, names } = context;
    this.#logger = context.logger.child({ task: number });
    const partitions = context.layout.inputsOf(number);
    const limits = {
      records: Math.min(buffer.records, Math.ceil(buffers.records / partitions.length)),
      bytes: Math.min(buffer.bytes, Math.ceil(buffers.bytes / partitions.length)),
    };
    // By rank of the topic, then by partition: the order in which the merge takes what was available at once.
    this.#queues = stage.inputs.flatMap((name: TopicName) => {
      const codec = context.codecs[name] as ConstructorParameters<typeof InputQueue>[3] | undefined;
      if (!codec) throw new Error(`no codec for ${name}`);
      return partitions.map((partition) => new InputQueue(name, names.topic(name), partition, codec, limits));
    });
    this.#books = new TaskBooks(stage, names, []);
    this.#order = new MergeOrder(this.#queues.length);
    this.#changelog = stage.stateSchema ? { topic: names.changelog(stage.name), partition: number } : undefined;
  }

  get phase(): string {
    return this.#phase;
  }

  /** Records that are known to lie before the task: buffered, or not yet fetched. */
  get lag(): number {
    return this.#queues.reduce((sum, queue) => sum + queue.length + Math.max(0, queue.end - queue.next), 0);
  }

  start(): void {
    this.#pauseAll();
    this.#finished = this.#run();
  }

  /** Ends after the transaction in work. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#markClosed();
    this.#signal.notify();
    await this.#finished;
  }

  /** A rebalance left the task here: the consumer has forgotten where it read. */
  rejoined(): void {
    this.#pauseAll();
    if (this.#phase === "taking over") {
      this.#restart = true;
      this.#signal.notify();
      return;
    }
    for (const queue of this.#queues) {
      this.context.consumer.seek(queue, queue.next);
      if (!queue.paused) this.context.consumer.resume([queue]);
    }
  }

  accept(batch: FetchedBatch): void {
    if (batch.topic === this.#changelog?.topic) {
      if (this.#restore && !this.#restore.push(batch)) this.context.consumer.seek(batch, this.#restore.next);
      this.#signal.notify();
      return;
    }
    const queue = this.#queueOf(batch);
    if (!queue || this.#phase === "taking over" || this.#isClosed) return;
    if (!queue.push(batch)) void this.#recoverGap(queue);
    if (queue.full && !queue.paused) {
      queue.paused = true;
      this.context.consumer.pause([queue]);
    }
    this.#signal.notify();
  }

  skipped({ topic, partition, nextOffset }: TopicPartition & { readonly nextOffset: number }): void {
    if (topic === this.#changelog?.topic) this.#restore?.skip(nextOffset);
    else if (this.#phase !== "taking over") this.#queueOf({ topic, partition })?.skip(nextOffset);
    this.#signal.notify();
  }

  /** The consumer is not sure where it stands. */
  seekAgain({ topic, partition }: TopicPartition): void {
    if (topic === this.#changelog?.topic) {
      if (this.#restore) this.context.consumer.seek(this.#changelog, this.#restore.next);
      return;
    }
    const queue = this.#queueOf({ topic, partition });
    if (queue && this.#phase !== "taking over") this.context.consumer.seek(queue, queue.next);
  }

  /** The broker does not hold what comes next. */
  outOfRange({ topic, partition }: TopicPartition): void {
    if (topic === this.#changelog?.topic) {
      // Its beginning moves while it is read; begin again where it begins now.
      if (this.#restore) this.#restart = true;
      this.#signal.notify();
      return;
    }
    const queue = this.#queueOf({ topic, partition });
    if (queue && this.#phase !== "taking over") void this.#refuseDeleted(queue);
  }

  #queueOf({ topic, partition }: TopicPartition): InputQueue | undefined {
    return this.#queues.find((queue) => queue.topic === topic && queue.partition === partition);
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#isClosed) {
      try {
        await this.#takeOver();
        failures = 0;
        await this.#process();
      } catch (error) {
        this.#pauseAll();
        await this.#dropProducer();
        if (this.#closing()) break;
        this.#phase = "taking over";
        if (error instanceof Restart) continue;
        const fatal = error instanceof UserError ? error : refusalOf(error);
        if (fatal) {
          this.context.onFatal(fatal);
          break;
        }
        failures += 1;
        this.context.metrics.failures.inc();
        this.#logger.warn({ error: messageOf(error), fenced: isFenced(error), failures }, "the task starts over");
        if (isFenced(error)) await Promise.race([this.context.legitimate(), this.#closed]);
        else await this.#backOff(failures);
      }
    }
    await this.#dropProducer();
  }

  /** Fence first, read afterwards: what is read then can no longer change under another owner's hand. */
  async #takeOver(): Promise<void> {
    const started = performance.now();
    const { context } = this;
    this.#phase = "taking over";
    this.#restart = false;
    this.#pauseAll();
    // 1. Fence the former owner and finish what it left pending; only then ask where to go on, and how far the changelog
    //    reaches, of brokers that have just proved to lead.
    this.#producer = context.createProducer(this.number);
    const { committed, changelogEnd } = await this.#producer.takeOver(context.group, this.#queues, this.#changelog);
    const commitOf = ({ topic, partition }: InputQueue): CommittedOffset | undefined =>
      committed.find((entry) => entry.topic === topic && entry.partition === partition);
    // 2. How far the inputs reach.
    const inputs = [...new Set(this.#queues.map(({ topic }) => topic))];
    const bounds = new Map(
      await Promise.all(inputs.map(async (topic) => [topic, await this.#boundsOf(topic)] as const)),
    );
    // 3. Restore the state from the changelog.
    this.#state = new StateStore();
    if (this.#changelog && context.stateCodec) {
      if (changelogEnd === undefined) throw new Error("where the changelog ends is not known");
      await this.#restoreState({ ...this.#changelog, end: changelogEnd }, context.stateCodec);
    }
    this.#checkRestart();
    // 4. Go on from what was committed.
    const progress = this.#queues.map((queue) => decodeProgress(commitOf(queue)?.metadata));
    this.#books = new TaskBooks(context.stage, context.names, progress);
    for (const [index, queue] of this.#queues.entries()) {
      const bound = bounds.get(queue.topic)?.[queue.partition];
      if (!bound) throw new Error(`${queue.topic} has no partition ${queue.partition}`);
      const commit = commitOf(queue);
      const position = commit?.offset ?? bound.low;
      if (unreadable(context.stage.name, queue, position, bound)) {
        const fault = await confirmUnreadable(context.admin, context.stage.name, queue, () => position);
        throw (
          fault ?? new Error(`the broker did not know where ${queue.topic}/${queue.partition} ends; it is asked again`)
        );
      }
      const sort = progress[index]?.sort;
      const sorted = sort ?? (context.drain && this.#isRepartitioned(queue) ? { end: bound.end } : undefined);
      // A sorted part that was begun ends where it was going to end, whatever has arrived since.
      queue.reset(position, sorted?.end ?? bound.end, {
        ...(sorted && { sortAfter: sort?.after ?? "beginning" }),
        stopAtEnd: context.drain,
      });
      context.consumer.seek(queue, position);
    }
    this.#order = new MergeOrder(
      this.#queues.length,
      this.#queues.map(({ position }) => position),
      progress[0]?.order,
    );
    if (this.#watch.takenOver(progress[0]?.crash, context.batchRecords)) {
      this.#logger.warn({ note: progress[0]?.crash }, "a process died before it got anywhere: one record at a time");
    }
    this.#phase = "running";
    context.consumer.resume(this.#queues);
    const seconds = (performance.now() - started) / 1000;
    context.metrics.takeOver.observe(seconds);
    this.#logger.info(
      { seconds, keys: this.#state.size, positions: this.#queues.map(({ position }) => position) },
      "took over",
    );
  }

  /**
   * A draining task reads to the very end: a transaction that the stage before has committed may still lack its marker
   * somewhere, and what it wrote lies beyond the last stable offset until then.
   */
  async #boundsOf(topic: string): Promise<PartitionOffsets[]> {
    const { admin, drain } = this.context;
    // Also because the topic may have got partitions since.
    await admin.refresh(topic);
    const bounds = await admin.offsets(topic);
    if (!drain) return bounds;
    const ends = await admin.ends(topic);
    return bounds.map((bound) => ({ ...bound, end: ends.get(bound.partition) ?? bound.end }));
  }

  /** @param changelog its end as this task's own write shows it, which no broker that was left behind can have */
  async #restoreState(changelog: TopicPartition & { end: number }, codec: RecordCodec<unknown>): Promise<void> {
    const bound = (await this.context.admin.offsets(changelog.topic))[changelog.partition];
    if (!bound) throw new Error(`${changelog.topic} has no partition ${changelog.partition}`);
    this.#checkRestart();
    this.#restore = new ChangelogRestore(bound.low, changelog.end);
    try {
      this.context.consumer.seek(changelog, bound.low);
      this.context.consumer.resume([changelog]);
      while (!this.#restore.done) {
        await this.#signal.wait();
        this.#checkRestart();
      }
      await this.#restore.into(this.#state, codec, this.context.stage);
    } finally {
      this.context.consumer.pause([changelog]);
      this.#restore = undefined;
    }
  }

  async #process(): Promise<void> {
    while (!this.#closing()) {
      if (this.#phase === "drained") {
        await this.#signal.wait();
        continue;
      }
      await this.#linger();
      const watch = this.#watch;
      // Before the batch is taken, which moves the positions.
      const here = watch.isDue ? this.#books.offsets(this.#queues, [0], this.#order.carried()) : undefined;
      const batch = await takeMerged(this.#queues, watch.isAlone ? 1 : this.context.batchRecords);
      if (this.#closing()) return;
      if (batch.length === 0) {
        if (this.#queues.every((queue) => queue.next >= queue.end)) watch.caughtUp();
        if (await this.#reachedEnd()) continue;
        await this.#signal.wait();
        continue;
      }
      this.#lastBatch = performance.now();
      if (watch.isAlone) await quarantine.alone(() => this.#commitAlone(batch, here));
      else {
        if (here) await this.#note(here, batch);
        await this.#commitBatch(batch, () => this.#processPatiently(batch));
      }
      watch.committed();
      this.#resumeDrained();
    }
  }

  /** Leaves time between two transactions while few records wait: a lone record never waits, a stream is gathered. */
  async #linger(): Promise<void> {
    const { lingerMs, batchRecords } = this.context;
    const since = performance.now() - this.#lastBatch;
    if (since >= lingerMs || this.lag >= batchRecords || this.context.drain) return;
    await Promise.race([sleep(lingerMs - since), this.#closed]);
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
  async #commitBatch(batch: readonly MergedEntry[], operate: () => Promise<ProcessedEntry[]>): Promise<void> {
    const started = performance.now();
    const state = this.#state;
    state.begin();
    const processed = await operate();
    const operated = performance.now();
    const records = this.#recordsOf(processed);
    if (this.#changelog && this.context.stateCodec) {
      for (const [key, value] of state.writes()) {
        records.push({
          ...this.#changelog,
          key,
          value: value === undefined ? null : this.context.stateCodec.encode(value),
        });
      }
    }
    await this.#transact(records, this.#books.enter(processed));
    state.apply();
    this.context.metrics.batch(batch.length, operated - started, performance.now() - operated);
    for (const { kind, merged, records: caused, said = [] } of processed) {
      this.context.metrics.outcome(merged.entry.topic, kind, caused.length);
      for (const record of said) this.context.onSaid?.(record);
    }
  }

  /** A single record, of which the note says that it is being tried; see `CrashWatch`. */
  async #commitAlone(batch: readonly MergedEntry[], here: readonly CommittedOffset[] = []): Promise<void> {
    const [only] = batch;
    const verdict = only && this.#watch.verdict(only);
    if (verdict !== undefined) {
      await this.#commitBatch(batch, async () => [
        rejected(this.context, only as MergedEntry, "PROCESS_CRASHED", verdict),
      ]);
      return;
    }
    await this.#note(here, batch);
    try {
      await this.#commitBatch(batch, () => processBatch(this.context, this.#state, batch));
    } catch (error) {
      // It has come back alive: what kills the process while it waits is not this record.
      if (error instanceof TransientError) await this.#producer?.commit([], this.context.group, here);
      throw error;
    }
  }

  /** Commits, at the position before the batch, what the task is about to do. */
  async #note(here: readonly CommittedOffset[], batch: readonly MergedEntry[]): Promise<void> {
    const crash = this.#watch.note(batch);
    const noted = here.map((offset) => ({
      ...offset,
      metadata: encodeProgress({ ...decodeProgress(offset.metadata), crash }),
    }));
    await this.#producer?.commit([], this.context.group, noted);
  }

  async #transact(records: readonly NewRecord[], inputs: Iterable<number>): Promise<void> {
    if (!this.#producer) throw new Error("the task has no producer");
    await this.#producer.commit(
      records,
      this.context.group,
      this.#books.offsets(this.#queues, inputs, this.#order.carried()),
    );
  }

  /** What is to be written; outputs say in which order the inputs before them were taken, where the log does not tell it. */
  #recordsOf(processed: readonly ProcessedEntry[]): NewRecord[] {
    return processed.flatMap(({ merged, kind, records }) => {
      this.#order.take(merged.queue, merged.entry.availableAt);
      const order = kind === "emit" && records.length > 0 ? this.#order.emitted() : undefined;
      if (order === undefined) return records;
      return records.map((record) => ({ ...record, headers: { ...record.headers, [orderHeader]: order } }));
    });
  }

  /** A fault that will pass never rejects: wait, and try the same batch again. */
  async #processPatiently(batch: readonly MergedEntry[]): Promise<ProcessedEntry[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await quarantine.together(() => processBatch(this.context, this.#state, batch));
      } catch (error) {
        if (!(error instanceof TransientError) || this.#closing()) throw error;
        this.#logger.warn({ error: error.message, attempt }, "a passing fault; the batch is tried again");
        await this.#backOff(attempt);
        if (this.#closing()) throw error;
      }
    }
  }

  /** When draining: marks the end once all inputs are read. */
  async #reachedEnd(): Promise<boolean> {
    if (!this.context.drain) return false;
    if (!this.#queues.every((queue) => queue.finished)) return false;
    // The end of a sorted part has no entry of its own that would have committed it.
    await this.#transact([], this.#queues.keys());
    this.#phase = "drained";
    this.context.onDrained();
    return true;
  }

  #resumeDrained(): void {
    for (const queue of this.#queues) {
      if (!queue.paused || !queue.drained) continue;
      queue.paused = false;
      this.context.consumer.resume([queue]);
    }
  }

  /** The consumer jumped ahead: either it had not sought yet, or what the task needs has been deleted. */
  async #recoverGap(queue: InputQueue): Promise<void> {
    this.context.consumer.seek(queue, queue.next);
    await this.#refuseDeleted(queue);
  }

  async #refuseDeleted(queue: InputQueue): Promise<void> {
    try {
      const { admin, stage } = this.context;
      if (this.#confirming.has(queue)) return;
      this.#confirming.add(queue);
      const fault = await confirmUnreadable(admin, stage.name, queue, () => queue.next);
      if (fault && !this.#closing()) this.context.onFatal(fault);
    } catch (error) {
      this.#logger.debug({ error: messageOf(error) }, "could not look at the low watermark");
    } finally {
      this.#confirming.delete(queue);
    }
  }

  #isRepartitioned(queue: InputQueue): boolean {
    return this.context.isRepartitioned(queue.name);
  }

  /** Behind a call, because it changes while the task awaits. */
  #closing(): boolean {
    return this.#isClosed;
  }

  #checkRestart(): void {
    if (this.#closing() || this.#restart) throw new Restart();
  }

  #pauseAll(): void {
    this.context.consumer.pause([...this.#queues, ...(this.#changelog ? [this.#changelog] : [])]);
  }

  async #dropProducer(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.close().catch(() => undefined);
  }

  /** Waits 100 ms, 200 ms, … up to 5 s; the consumer goes on heartbeating meanwhile. */
  async #backOff(attempt: number): Promise<void> {
    await Promise.race([sleep(Math.min(5000, 100 * 2 ** Math.min(attempt - 1, 10))), this.#closed]);
  }
}
