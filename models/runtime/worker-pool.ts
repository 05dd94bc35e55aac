/**
 * A fixed number of worker threads that do the same work, e.g. run one model. A worker that dies, fails or hangs is
 * replaced; the job it was at is tried once more by another.
 */
import { ModelInputError } from "./errors.js";
import type { FromWorker, ToWorker } from "./protocol.js";
import { TransientError } from "../../schemas/transient-error.js";

/** What the pool needs of a worker thread; `worker_threads.Worker` is one, tests use fakes. */
export interface PoolWorker {
  postMessage(message: unknown): void;
  on(event: "message" | "error" | "messageerror", listener: (value: unknown) => void): unknown;
  on(event: "exit", listener: (code: number) => void): unknown;
  /** Only the last resort: a thread terminated inside onnxruntime takes the whole process with it. */
  terminate(): Promise<unknown>;
}

export interface WorkerPoolOptions {
  /** Number of workers. */
  readonly size: number;
  /** Starts a worker; it posts `ready` when it can take jobs. */
  readonly start: () => PoolWorker;
  /** After this time on one job a worker counts as hung. */
  readonly jobTimeoutMs?: number;
  /** How long a worker may take to finish and release what it holds when the pool closes. */
  readonly closeTimeoutMs?: number;
}

interface Job<Request, Result> {
  readonly number: number;
  readonly request: Request;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
  attempts: number;
}

interface Slot<Request, Result> {
  readonly worker: PoolWorker;
  state: "starting" | "ready" | "gone";
  /** Jobs sent and not answered; the worker is at the first of them. */
  readonly sent: Job<Request, Result>[];
  readonly started: { resolve: () => void; reject: (error: unknown) => void };
  readonly exited: Promise<void>;
  timer: NodeJS.Timeout | undefined;
}

/** A second job waits at the worker, so that it never idles while this thread is busy; a third would gain nothing. */
const jobsPerWorker = 2;
/** One retry distinguishes a broken worker from work that breaks every worker. */
const attemptsPerJob = 2;

export class WorkerPool<Request, Result> {
  readonly #options: WorkerPoolOptions;
  readonly #slots = new Set<Slot<Request, Result>>();
  /** Lost workers whose thread has not ended yet: one that hangs may come to its senses, or never. */
  readonly #leaving = new Set<Slot<Request, Result>>();
  readonly #queue: Job<Request, Result>[] = [];
  #jobs = 0;
  #closed = false;

  private constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /**
   * @returns the pool when every worker is ready
   * @throws the error of the first unfit worker; nothing is left running then
   */
  static async start<Request, Result>(options: WorkerPoolOptions): Promise<WorkerPool<Request, Result>> {
    const pool = new WorkerPool<Request, Result>(options);
    try {
      await Promise.all(Array.from({ length: options.size }, () => pool.#addWorker()));
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  /** Workers that can take jobs. */
  get readyWorkers(): number {
    return [...this.#slots].filter((slot) => slot.state === "ready").length;
  }

  /**
   * @throws ModelInputError when the request itself cannot be served
   * @throws TransientError when two workers failed at it, none could be started, or the pool is closed
   */
  run(request: Request): Promise<Result> {
    if (this.#closed) return Promise.reject(new TransientError("the worker pool is closed"));
    // Workers that could not be started are tried again here: with each call rather than in a loop.
    while (this.#slots.size < this.#options.size) this.#addWorker().catch(() => undefined);
    return new Promise<Result>((resolve, reject) => {
      this.#queue.push({ number: ++this.#jobs, request, resolve, reject, attempts: 0 });
      this.#dispatch();
    });
  }

  /** Finishes what the workers are at, refuses what waits, and leaves nothing running. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#refuseQueue("the worker pool is closed");
    await Promise.all([...this.#slots, ...this.#leaving].map((slot) => this.#endWorker(slot)));
  }

  /** Resolves when the new worker is ready, rejects when it cannot become so. */
  #addWorker(): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = this.#options.start();
      const slot: Slot<Request, Result> = {
        worker,
        state: "starting",
        sent: [],
        started: { resolve, reject },
        exited: new Promise((done) => worker.on("exit", () => done())),
        timer: undefined,
      };
      this.#slots.add(slot);
      worker.on("message", (message) => this.#receive(slot, message as FromWorker<Result>));
      worker.on("error", (error) => this.#lose(slot, error));
      worker.on("messageerror", (error) => this.#lose(slot, error));
      worker.on("exit", (code) => this.#lose(slot, new Error(`the worker exited with code ${code}`)));
    });
  }

  #receive(slot: Slot<Request, Result>, message: FromWorker<Result>): void {
    if (slot.state === "gone") return;
    switch (message.kind) {
      case "ready":
        slot.state = "ready";
        slot.started.resolve();
        break;
      case "unfit":
        return this.#lose(slot, message.error);
      case "done":
        this.#take(slot, message.job)?.resolve(message.result);
        break;
      case "refused":
        this.#take(slot, message.job)?.reject(new ModelInputError(message.reason));
        break;
      case "failed":
        return this.#lose(slot, new Error(message.reason));
    }
    this.#dispatch();
  }

  /** The answered job, which is the first one sent. */
  #take(slot: Slot<Request, Result>, number: number): Job<Request, Result> | undefined {
    const index = slot.sent.findIndex((job) => job.number === number);
    const [job] = index < 0 ? [] : slot.sent.splice(index, 1);
    this.#watch(slot);
    return job;
  }

  #dispatch(): void {
    // Fill every worker's first place before anyone's second: a small batch then uses all of them.
    for (let depth = 0; depth < jobsPerWorker; depth++) {
      for (const slot of this.#slots) {
        if (slot.state !== "ready" || slot.sent.length > depth) continue;
        const job = this.#queue.shift();
        if (job === undefined) return;
        slot.sent.push(job);
        slot.worker.postMessage({ kind: "run", job: job.number, request: job.request } satisfies ToWorker<Request>);
        if (slot.sent.length === 1) this.#watch(slot);
      }
    }
  }

  /** Starts the clock on the job that the worker is at now. */
  #watch(slot: Slot<Request, Result>): void {
    clearTimeout(slot.timer);
    if (slot.sent.length === 0 || slot.state === "gone") return;
    const limit = this.#options.jobTimeoutMs ?? 60_000;
    slot.timer = setTimeout(() => this.#lose(slot, new Error(`no answer within ${limit} ms`)), limit);
  }

  #lose(slot: Slot<Request, Result>, reason: unknown): void {
    if (slot.state === "gone") return;
    const wasReady = slot.state === "ready";
    slot.state = "gone";
    clearTimeout(slot.timer);
    this.#slots.delete(slot);
    this.#leaving.add(slot);
    void slot.exited.then(() => this.#leaving.delete(slot));
    slot.worker.postMessage({ kind: "close" } satisfies ToWorker<Request>);
    slot.started.reject(reason);

    const [current, ...waiting] = slot.sent.splice(0);
    this.#queue.unshift(...waiting);
    if (current !== undefined) {
      current.attempts++;
      if (current.attempts < attemptsPerJob && !this.#closed) this.#queue.unshift(current);
      else current.reject(new TransientError(`no worker could do it: ${String(reason)}`, { cause: reason }));
    }
    if (this.#closed) return this.#refuseQueue("the worker pool is closed");
    if (wasReady) this.#addWorker().catch(() => undefined);
    else if (this.#slots.size === 0) this.#refuseQueue(`no worker could be started: ${String(reason)}`, reason);
    this.#dispatch();
  }

  #refuseQueue(message: string, cause?: unknown): void {
    for (const job of this.#queue.splice(0)) job.reject(new TransientError(message, { cause }));
  }

  async #endWorker(slot: Slot<Request, Result>): Promise<void> {
    slot.worker.postMessage({ kind: "close" } satisfies ToWorker<Request>);
    const timer = setTimeout(() => void slot.worker.terminate(), this.#options.closeTimeoutMs ?? 5_000);
    await slot.exited;
    clearTimeout(timer);
  }
}
