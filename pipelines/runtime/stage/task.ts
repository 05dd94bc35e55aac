import { TransientError } from "../../../schemas/transient-error.js";
import { messageOf, UserError } from "../errors.js";
import { isFenced, refusalOf } from "../kafka/errors.js";
import type { FetchedBatch, TopicPartition } from "../kafka/types.js";
import type { Logger } from "../logger.js";
import { pause } from "../pause.js";
import { retrying, waitBefore } from "../retry.js";
import { CrashWatch } from "./crash-watch.js";
import type { InputQueue } from "./input-queue.js";
import { Latch } from "./latch.js";
import { takeMerged, type MergedEntry } from "./merge.js";
import { processBatch, type ProcessedEntry } from "./process-batch.js";
import { quarantine } from "./quarantine.js";
import { goOn, lookUp } from "./take-over.js";
import { TaskCommits } from "./task-commits.js";
import { Restart, type TaskContext } from "./task-context.js";
import { TaskInputs } from "./task-inputs.js";
import { TaskState } from "./task-state.js";

/** Before a batch, or a take-over, is tried again; the consumer goes on heartbeating meanwhile. */
const backoff = { firstMs: 100, mostMs: 5000 };

/**
 * Partition *p* of all inputs of a stage, or every partition of them, with its own state and its own transactional
 * producer. Starting up is recovering; there is no second path.
 *
 * Here is what a task does when: take-over.ts has how it takes over, task-commits.ts how a batch is committed, task-inputs.ts
 * and task-state.ts what is read meanwhile.
 */
export class Task {
  readonly #inputs: TaskInputs;
  readonly #state: TaskState;
  /** Wakes the task's one loop: in a take-over when something of the changelog has come, afterwards when an input may be read. */
  readonly #latch = new Latch();
  readonly #logger: Logger;
  readonly #watch = new CrashWatch();
  readonly #closing = new AbortController();
  /** Not through the latch: a wait for legitimacy would take a wake-up that was meant for the next take-over. */
  readonly #closed: Promise<void>;
  #producer: ReturnType<TaskContext["createProducer"]> | undefined;
  #phase: "taking over" | "running" | "drained" = "taking over";
  /** Set by a rebalance that came while taking over: what was sought and paused is void. */
  #restart = false;
  /** When the latest batch was begun, on the monotonic clock. */
  #lastBatch = -Infinity;
  #finished: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: TaskContext,
    readonly number: number,
  ) {
    const { signal } = this.#closing;
    this.#closed = new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
    this.#logger = context.logger.child({ task: number });
    this.#inputs = new TaskInputs(context, number, { logger: this.#logger, closing: signal });
    this.#state = new TaskState(context, number);
  }

  get phase(): string {
    return this.#phase;
  }

  /** Records that are known to wait before the task: buffered, or not yet fetched. */
  get lag(): number {
    return this.#inputs.lag;
  }

  start(): void {
    this.#pauseAll();
    this.#finished = this.#run();
  }

  /** Ends after the transaction in work. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#latch.notify();
    await this.#finished;
  }

  /** A rebalance left the task here: the consumer has forgotten where it read. */
  rejoined(): void {
    this.#pauseAll();
    if (this.#phase === "taking over") {
      this.#restart = true;
      this.#latch.notify();
      return;
    }
    this.#inputs.rejoined();
  }

  accept(batch: FetchedBatch): void {
    if (this.#state.reads(batch)) this.#state.accept(batch);
    else {
      const queue = this.#inputOf(batch);
      if (!queue || this.#isClosing()) return;
      this.#inputs.accept(queue, batch);
    }
    this.#latch.notify();
  }

  skipped(position: TopicPartition & { readonly nextOffset: number }): void {
    if (this.#state.reads(position)) this.#state.skipped(position.nextOffset);
    else this.#inputOf(position)?.skip(position.nextOffset);
    this.#latch.notify();
  }

  /** The consumer is not sure where it stands. */
  seekAgain(position: TopicPartition): void {
    if (this.#state.reads(position)) {
      this.#state.seekAgain();
      return;
    }
    const queue = this.#inputOf(position);
    if (queue) this.#inputs.seekAgain(queue);
  }

  /** The broker does not hold what comes next. */
  outOfRange(position: TopicPartition): void {
    if (this.#state.reads(position)) {
      // Its beginning moves while it is read; begin again where it begins now.
      if (this.#state.isRestoring) this.#restart = true;
      this.#latch.notify();
      return;
    }
    const queue = this.#inputOf(position);
    if (queue) this.#inputs.outOfRange(queue);
  }

  /** The input that this belongs to; none during a take-over, in which no input is read. */
  #inputOf(position: TopicPartition): InputQueue | undefined {
    return this.#phase === "taking over" ? undefined : this.#inputs.find(position);
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#isClosing()) {
      try {
        const commits = await this.#takeOver();
        failures = 0;
        await this.#process(commits);
      } catch (error) {
        this.#pauseAll();
        await this.#dropProducer();
        if (this.#isClosing()) break;
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
        else await pause(waitBefore(failures, backoff), this.#closing.signal);
      }
    }
    await this.#dropProducer();
  }

  async #takeOver(): Promise<TaskCommits> {
    const started = performance.now();
    const { context } = this;
    const { queues } = this.#inputs;
    this.#phase = "taking over";
    this.#restart = false;
    this.#pauseAll();
    const producer = context.createProducer(this.number);
    this.#producer = producer;
    const check = (): void => this.#checkRestart();
    const standings = await lookUp({ context, producer, queues, state: this.#state, arrived: this.#latch, check });
    // From here to `resume` nothing waits: a rebalance in between would make void what was sought.
    this.#checkRestart();
    const { accounting, order } = goOn(context, standings);
    const note = standings[0]?.progress.crash;
    if (this.#watch.takenOver(note, context.batchRecords)) {
      this.#logger.warn({ note }, "a process died before it got anywhere: one record at a time");
    }
    this.#phase = "running";
    context.consumer.resume(queues);
    const seconds = (performance.now() - started) / 1000;
    context.metrics.takeOver.observe(seconds);
    this.#logger.info(
      { seconds, keys: this.#state.store.size, positions: queues.map(({ position }) => position) },
      "took over",
    );
    return new TaskCommits(context, { producer, queues, state: this.#state, accounting, order }, this.#watch);
  }

  async #process(commits: TaskCommits): Promise<void> {
    const { queues } = this.#inputs;
    const watch = this.#watch;
    while (!this.#isClosing()) {
      if (this.#phase === "drained") {
        await this.#latch.wait();
        continue;
      }
      await this.#linger();
      // Before the batch is taken, which moves the positions.
      const here = watch.isDue ? commits.here() : undefined;
      const batch = await takeMerged(queues, watch.isAlone ? 1 : this.context.batchRecords);
      if (this.#isClosing()) return;
      if (batch.length === 0) {
        if (this.#inputs.areFetched) watch.caughtUp();
        if (await this.#reachedEnd(commits)) continue;
        await this.#latch.wait();
        continue;
      }
      this.#lastBatch = performance.now();
      if (here && watch.isAlone) await quarantine.alone(() => commits.alone(batch, here));
      else {
        if (here) await commits.note(here, batch);
        await commits.batch(batch, () => this.#processPatiently(batch));
      }
      watch.committed();
      this.#inputs.resumeDrained();
    }
  }

  /** Leaves time between two transactions while few records wait: a lone record never waits, a stream is gathered. */
  async #linger(): Promise<void> {
    const { lingerMs, batchRecords } = this.context;
    const since = performance.now() - this.#lastBatch;
    if (since >= lingerMs || this.lag >= batchRecords || this.context.drain) return;
    await pause(lingerMs - since, this.#closing.signal);
  }

  /** A fault that will pass never rejects: wait, and try the same batch again. */
  async #processPatiently(batch: readonly MergedEntry[]): Promise<ProcessedEntry[]> {
    return retrying(() => quarantine.together(() => processBatch(this.context, this.#state.store, batch)), {
      backoff,
      signal: this.#closing.signal,
      isPassing: (error, attempt) => {
        if (!(error instanceof TransientError)) return false;
        this.#logger.warn({ error: error.message, attempt }, "a passing fault; the batch is tried again");
        return true;
      },
    });
  }

  /** When draining: marks the end once all inputs are read. */
  async #reachedEnd(commits: TaskCommits): Promise<boolean> {
    if (!this.context.drain || !this.#inputs.areFinished) return false;
    await commits.end();
    this.#phase = "drained";
    this.context.onDrained();
    return true;
  }

  /** Behind a call, because it changes while the task awaits. */
  #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  #checkRestart(): void {
    if (this.#isClosing() || this.#restart) throw new Restart();
  }

  #pauseAll(): void {
    const { changelog } = this.#state;
    this.context.consumer.pause([...this.#inputs.queues, ...(changelog ? [changelog] : [])]);
  }

  async #dropProducer(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.close().catch(() => undefined);
  }
}
