/** The processes of the pipeline under attack: what is killed is started again, what is frozen is thawed. */
import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, type WriteStream } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { packageRoot } from "../../schemas/files.js";

const cutter = new URL("cut-connections.js", import.meta.url).href;

/** Which program runs a stage, and with which environment besides the cast's. */
export interface Build {
  readonly program: string;
  readonly environment?: NodeJS.ProcessEnv;
}

const thisBuild: Build = { program: join(packageRoot, "dist", "pipelines", "cli", "main.js") };

export interface Member {
  readonly stages: readonly string[];
  readonly pid: number;
}

interface Running extends Member {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
  /** Set while it is to be ended: its end is then no accident. */
  isStruck: boolean;
}

export class Cast {
  readonly #members = new Set<Running>();
  readonly #log: WriteStream;
  /** Ends that the run did not cause, with their exit codes. */
  readonly accidents: string[] = [];

  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    logFile: string,
  ) {
    this.#log = createWriteStream(logFile);
    // Two streams of every process that ever was.
    this.#log.setMaxListeners(0);
  }

  get members(): readonly Member[] {
    return [...this.#members];
  }

  /** The command as a user runs it. */
  start(stages: readonly string[], { program, environment }: Build = thisBuild): Member {
    const child = spawn(process.execPath, ["--import", cutter, "--enable-source-maps", program, "run", ...stages], {
      env: { ...this.environment, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.pipe(this.#log, { end: false });
    child.stderr.pipe(this.#log, { end: false });
    const member: Running = { stages, pid: child.pid ?? 0, child, exited: once(child, "exit"), isStruck: false };
    this.#members.add(member);
    child.once("exit", (code, signal) => {
      this.#members.delete(member);
      if (!member.isStruck) this.accidents.push(`${stages.join("+")} ended with ${signal ?? code}`);
    });
    return member;
  }

  async kill(member: Member): Promise<void> {
    await this.#end(member, "SIGKILL");
  }

  /** A graceful end, which may take as long as a transaction. */
  async stop(member: Member): Promise<void> {
    await this.#end(member, "SIGTERM");
  }

  /** Breaks all connections of the process. */
  cut(member: Member): void {
    (member as Running).child.kill("SIGUSR2");
  }

  signal(member: Member, signal: NodeJS.Signals): void {
    (member as Running).child.kill(signal);
  }

  async end(): Promise<void> {
    await Promise.all([...this.#members].map((member) => this.#end(member, "SIGKILL")));
    this.#log.end();
  }

  async #end(member: Member, signal: NodeJS.Signals): Promise<void> {
    const running = member as Running;
    running.isStruck = true;
    running.child.kill(signal);
    const timer = setTimeout(() => running.child.kill("SIGKILL"), 30_000);
    await running.exited;
    clearTimeout(timer);
  }
}
