/** One broker of a cluster that a test has for itself: started, ended and frozen at will. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { openSync, closeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { archiveOptions } from "../../deploy/local/class-archive.js";
import { javaFlags, logFlags } from "../../deploy/local/kafka.js";
import { knownBrokers } from "../../deploy/local/kafka-probe.js";

/** Three of them take the two cores for 10 s as they start; a restart of one under load takes up to half a minute. */
const startTimeoutMs = 120_000;
/** A broker hands its partitions over before it ends; Kafka gives that 30 s before it ends all the same. */
const stopTimeoutMs = 60_000;

export interface KafkaNodeOptions {
  readonly id: number;
  readonly port: number;
  /** Of this node alone: its configuration, its log and its data. */
  readonly directory: string;
  readonly libraries: string;
  /** An option of Java by which the process can be found. */
  readonly mark: string;
}

export class KafkaNode {
  readonly id: number;
  readonly port: number;
  #running: { readonly child: ChildProcess; readonly exited: Promise<unknown> } | undefined;
  #isFrozen = false;

  constructor(private readonly options: KafkaNodeOptions) {
    this.id = options.id;
    this.port = options.port;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  get logFile(): string {
    return join(this.options.directory, "server.log");
  }

  /** Resolves when the controller lets it serve. @param peers brokers that it must know besides itself */
  async start(peers: readonly number[] = []): Promise<void> {
    const { directory, libraries, mark } = this.options;
    const archive = await archiveOptions({ java: "java", artifactDirectory: libraries });
    if (this.#running) throw new Error(`broker ${this.id} runs already`);
    const log = openSync(this.logFile, "a");
    const flags = [...javaFlags, ...archive, "-Xmx320m", ...logFlags, mark];
    const main = ["-cp", join(libraries, "*"), "kafka.Kafka", join(directory, "server.properties")];
    const child = spawn("java", [...flags, ...main], {
      env: { ...process.env, LC_ALL: "C.UTF-8" },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    const running = { child, exited: once(child, "exit") };
    this.#running = running;
    child.once("exit", () => {
      if (this.#running === running) this.#running = undefined;
      this.#isFrozen = false;
    });
    const wanted = [this.id, ...peers];
    const deadline = Date.now() + startTimeoutMs;
    for (let known: number[] = []; !wanted.every((id) => known.includes(id)); known = await knownBrokers(this.port)) {
      if (this.#running !== running) throw new Error(`broker ${this.id} ended as it started: ${await this.#tail()}`);
      if (Date.now() > deadline) throw new Error(`broker ${this.id} does not answer: ${await this.#tail()}`);
      await sleep(50);
    }
  }

  /** The graceful end: it hands over what it leads. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** The end without a goodbye. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** It holds its connections, and answers nothing. */
  freeze(): void {
    this.#isFrozen = this.#running?.child.kill("SIGSTOP") ?? false;
  }

  thaw(): void {
    this.#running?.child.kill("SIGCONT");
    this.#isFrozen = false;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const running = this.#running;
    if (!running) return;
    running.child.kill(signal);
    // One that is frozen would not see it.
    if (this.#isFrozen) this.thaw();
    const isOver = await Promise.race([running.exited.then(() => true), sleep(stopTimeoutMs, false, { ref: false })]);
    if (isOver) return;
    running.child.kill("SIGKILL");
    await running.exited;
    throw new Error(`broker ${this.id} did not end in ${stopTimeoutMs / 1000} s: ${await this.#tail()}`);
  }

  async #tail(): Promise<string> {
    const log = await readFile(this.logFile, "utf8").catch(() => "");
    return `the end of its log:\n${log.split("\n").slice(-25).join("\n")}`;
  }
}
