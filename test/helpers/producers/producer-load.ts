/** A load on one of the three producers, in a process that can be killed at any moment. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { LoadMessage } from "./load-process.js";
import type { LoadSettings } from "./load.js";
import type { Range, Written } from "./numbers.js";

export class ProducerLoad {
  #child: ChildProcess;
  #incarnation = 0;
  #done: readonly Written[] | undefined;
  /** Of the process that runs, by writer. */
  #acknowledged = new Map<string, number>();
  #uncertain = new Map<string, Range[]>();
  /** Of processes that were killed, where the next one does not go on from them. */
  readonly #former: Written[] = [];
  /** How often which fault was thrown. */
  readonly faults = new Map<string, number>();
  #lastMessageAt = performance.now();
  /** The longest time without an acknowledgement, in seconds; that of the start counts too. */
  longestPause = 0;

  constructor(
    readonly settings: LoadSettings,
    private readonly environment: NodeJS.ProcessEnv,
  ) {
    this.#child = this.#start();
  }

  /** Records that were acknowledged so far. */
  get acknowledged(): number {
    const former = this.#former.reduce((sum, { numbers }) => sum + numbers, 0);
    return former + [...this.#acknowledged.values()].reduce((sum, numbers) => sum + numbers, 0);
  }

  /** Batches that threw. */
  get failures(): number {
    return [...this.faults.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Waits until so many more records are acknowledged. */
  async progress(records = 1, seconds = 60): Promise<void> {
    const wanted = this.acknowledged + records;
    const deadline = Date.now() + seconds * 1000;
    while (this.acknowledged < wanted) {
      if (Date.now() > deadline) throw new Error(`${this.#name} stands still for ${seconds} s; ${this.#faultsInWords}`);
      await sleep(20);
    }
  }

  /** Kills the process, and starts another that goes on. */
  async killAndRestart(): Promise<void> {
    await this.end();
    if (this.settings.kind === "plain") {
      const { batch } = this.settings;
      for (const [writer, reached] of this.#acknowledged) {
        const failed = this.#uncertain.get(writer) ?? [];
        const known = Math.max(reached, ...failed.map(([, to]) => to));
        // What was on its way, and an acknowledgement that was not reported any more.
        this.#former.push({ writer, numbers: known, uncertain: [...failed, [known, known + 2 * batch]] });
      }
      this.#acknowledged = new Map();
      this.#uncertain = new Map();
    }
    this.#incarnation += 1;
    this.#child = this.#start();
  }

  /** Lets the writers come to an end. @returns what they have written */
  async finish(seconds = 120): Promise<readonly Written[]> {
    this.#child.send({ finish: true });
    const deadline = Date.now() + seconds * 1000;
    while (!this.#done) {
      if (this.#child.exitCode !== null) throw new Error(`${this.#name} ended with ${this.#child.exitCode}`);
      if (Date.now() > deadline) throw new Error(`${this.#name} does not end in ${seconds} s; ${this.#faultsInWords}`);
      await sleep(20);
    }
    return [...this.#former, ...this.#done];
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    // Its messages are read to the end.
    const disconnected = once(this.#child, "disconnect");
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await Promise.all([disconnected, exited]);
  }

  get #name(): string {
    return `the ${this.settings.kind} load`;
  }

  get #faultsInWords(): string {
    return JSON.stringify(Object.fromEntries(this.faults));
  }

  #start(): ChildProcess {
    const records = Math.max(0, this.settings.records - this.#former.reduce((sum, { numbers }) => sum + numbers, 0));
    const program = fileURLToPath(new URL("./load-process.js", import.meta.url));
    const child = fork(program, [JSON.stringify({ ...this.settings, records }), String(this.#incarnation)], {
      env: { ...process.env, NEWSTAPE_LOG_LEVEL: "silent", ...this.environment },
      execArgv: ["--enable-source-maps"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.on("message", (message) => this.#onMessage(message as LoadMessage));
    return child;
  }

  #onMessage({ progress, failed, done }: LoadMessage): void {
    if (progress) {
      this.#acknowledged.set(progress.writer, progress.numbers);
      const now = performance.now();
      this.longestPause = Math.max(this.longestPause, (now - this.#lastMessageAt) / 1000);
      this.#lastMessageAt = now;
    }
    if (failed) {
      const { writer, fault, uncertain } = failed;
      this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
      if (uncertain) this.#uncertain.set(writer, [...(this.#uncertain.get(writer) ?? []), uncertain]);
    }
    if (done) this.#done = done;
  }
}
