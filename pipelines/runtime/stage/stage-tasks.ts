import type { Task } from "./task.js";
import type { TaskLayout } from "./task-layout.js";

/** What of a task is the business of whoever holds it. */
export type HeldTask = Pick<
  Task,
  "number" | "phase" | "lag" | "start" | "rejoined" | "close" | "accept" | "skipped" | "seekAgain" | "outOfRange"
>;

/** The tasks of one stage that the group has given to this process. */
export class StageTasks {
  readonly #held = new Map<number, HeldTask>();
  readonly #closing = new Set<Promise<void>>();

  constructor(
    private readonly layout: TaskLayout,
    private readonly create: (task: number) => HeldTask,
  ) {}

  /** What is no longer this member's ends, what it keeps goes on, and what is new begins. */
  assign(assigned: readonly number[]): void {
    for (const [number, task] of this.#held) {
      if (assigned.includes(number)) continue;
      this.#held.delete(number);
      const closed = task.close().finally(() => this.#closing.delete(closed));
      this.#closing.add(closed);
    }
    for (const number of assigned) {
      const kept = this.#held.get(number);
      if (kept) {
        kept.rejoined();
        continue;
      }
      const task = this.create(number);
      this.#held.set(number, task);
      task.start();
    }
  }

  /** The task that reads a partition of the inputs, or of the changelog, if it is held here. */
  taskOf(partition: number): HeldTask | undefined {
    return this.#held.get(this.layout.taskOf(partition));
  }

  get size(): number {
    return this.#held.size;
  }

  get lag(): number {
    return this.#all().reduce((sum, task) => sum + task.lag, 0);
  }

  /** So also without any task: a member that holds none has nothing to drain. */
  get areDrained(): boolean {
    return this.#all().every(({ phase }) => phase === "drained");
  }

  get areTakenOver(): boolean {
    return this.#all().every(({ phase }) => phase !== "taking over");
  }

  list(): { partition: number; phase: string; lag: number }[] {
    return this.#all().map(({ number, phase, lag }) => ({ partition: number, phase, lag }));
  }

  /** Ends after the transactions in work, those of the tasks that were given away included. */
  async close(): Promise<void> {
    await Promise.all([...this.#all().map((task) => task.close()), ...this.#closing]);
  }

  #all(): HeldTask[] {
    return [...this.#held.values()];
  }
}
