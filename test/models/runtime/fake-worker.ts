import { EventEmitter } from "node:events";
import type { FromWorker, ToWorker } from "../../../models/runtime/protocol.js";
import type { PoolWorker } from "../../../models/runtime/worker-pool.js";

export type FakeRequest = string;
export type FakeResult = string;

/** What a fake worker does with a request: an answer, or a way to go wrong. */
export type Behaviour = (
  request: FakeRequest,
  worker: number,
) => { result: FakeResult } | { refused: string } | { failed: string } | "die" | "hang";

/** A worker thread without a thread: does one job after another, records them, and goes wrong on demand. */
export class FakeWorker extends EventEmitter implements PoolWorker {
  readonly done: FakeRequest[] = [];
  running = true;
  terminated = false;
  #isBroken = false;
  #queue = Promise.resolve();

  constructor(
    readonly number: number,
    readonly behaviour: Behaviour,
    start: "ready" | "unfit" = "ready",
  ) {
    super();
    setImmediate(() => {
      this.#say(start === "ready" ? { kind: "ready" } : { kind: "unfit", error: new Error("unfit") });
    });
  }

  postMessage(message: ToWorker<FakeRequest>): void {
    this.#queue = this.#queue.then(() => new Promise((resolve) => setImmediate(() => this.#handle(message, resolve))));
  }

  async terminate(): Promise<number> {
    this.terminated = true;
    setImmediate(() => this.#exit(1));
    return 1;
  }

  #handle(message: ToWorker<FakeRequest>, next: () => void): void {
    if (!this.running) return;
    if (message.kind === "close") return this.#exit(0);
    if (this.#isBroken) return next();
    this.done.push(message.request);
    const answer = this.behaviour(message.request, this.number);
    if (answer === "hang") return;
    if (answer === "die") return this.#exit(139);
    const { job } = message;
    if ("result" in answer) this.#say({ kind: "done", job, result: answer.result });
    else if ("refused" in answer) this.#say({ kind: "refused", job, reason: answer.refused });
    else {
      this.#isBroken = true;
      this.#say({ kind: "failed", job, reason: answer.failed });
    }
    next();
  }

  #say(message: FromWorker<FakeResult>): void {
    if (this.running) this.emit("message", message);
  }

  #exit(code: number): void {
    if (!this.running) return;
    this.running = false;
    this.emit("exit", code);
  }
}
