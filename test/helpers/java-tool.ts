/** Java programs of this folder that answer questions, a line each, until they are closed. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { packageRoot } from "../../deploy/local/paths.js";

export interface JavaToolOptions {
  /** Name of its source file, which Java compiles in memory as it starts: about a second. */
  readonly name: string;
  readonly bootstrap: string;
  /** Folder of Kafka's jars. */
  readonly libraries: string;
  /** Options of Java by which the process can be found. */
  readonly marks?: readonly string[];
}

export class JavaTool {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #exited: Promise<unknown>;
  #errors = "";
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: JavaToolOptions) {
    const { name, bootstrap, libraries, marks = [] } = options;
    const java = ["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", ...marks];
    const quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error";
    const source = join(packageRoot(), "test", "helpers", "java", `${name}.java`);
    const child = spawn("java", [...java, quiet, "-cp", join(libraries, "*"), source, bootstrap]);
    child.stderr.on("data", (chunk: Buffer) => (this.#errors = (this.#errors + chunk.toString()).slice(-2000)));
    // Seen as the end of its output.
    child.stdin.on("error", () => undefined);
    this.#child = child;
    this.#exited = Promise.race([once(child, "exit"), once(child, "error")]);
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * The lines of the answer, and as the generator's result the content of the last one. Questions wait for each other.
   *
   * @throws when the program reports that it failed, or ends
   */
  async *ask(question: string): AsyncGenerator<string, string> {
    const before = this.#turn;
    let done: () => void = () => undefined;
    this.#turn = new Promise<void>((resolve) => (done = resolve));
    await before;
    let isAnswered = false;
    try {
      this.#child.stdin?.write(`${question}\n`);
      for (;;) {
        const next = await this.#lines.next();
        if (next.done) throw new Error(`${this.options.name} ended: ${this.#errors.trim()}`);
        const { value } = next;
        isAnswered = value.startsWith("end\t") || value.startsWith("fail\t");
        if (value.startsWith("end\t")) return value.slice("end\t".length);
        if (isAnswered) throw new Error(value.slice("fail\t".length));
        yield value;
      }
    } finally {
      // After an early stop the rest would be read as the answer to the next question.
      if (!isAnswered) this.#child.kill("SIGKILL");
      done();
    }
  }

  /** The content of an answer that is one line. */
  async answer(question: string): Promise<string> {
    const { value, done } = await this.ask(question).next();
    if (!done) throw new Error(`${this.options.name} answers with more than one line: ${value}`);
    return value;
  }

  async close(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }
}
