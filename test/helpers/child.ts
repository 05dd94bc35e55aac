import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

export interface StageMessage {
  /** Tasks held, all of them past their take-over; 0 for a member that stands by. */
  readonly ready?: number;
  readonly held?: "transaction" | "between";
}

export interface StageProcess {
  readonly child: ChildProcess;
  /** Resolves with the first message that fits. */
  message(fits: (message: StageMessage) => boolean): Promise<StageMessage>;
  /** Resolves when the process holds tasks and all of them are past their take-over. */
  ready(): Promise<StageMessage>;
  signal(signal: NodeJS.Signals): void;
  readonly exited: Promise<number | null>;
}

/** Starts a stage (the count stage, if the arguments name no other) in a process of its own; it is killed at the latest when the test ends. */
export function startStageProcess(
  t: TestContext,
  environment: NodeJS.ProcessEnv,
  args: readonly string[] = [],
): StageProcess {
  const child = fork(fileURLToPath(new URL("./stage-process.js", import.meta.url)), args, {
    env: environment,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = once(child, "exit").then(([code]) => code as number | null);
  t.after(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  const message = (fits: (message: StageMessage) => boolean): Promise<StageMessage> =>
    new Promise((resolve, reject) => {
      const listen = (value: unknown): void => {
        if (!fits(value as StageMessage)) return;
        child.off("message", listen);
        resolve(value as StageMessage);
      };
      child.on("message", listen);
      void exited.then((code) => reject(new Error(`the stage process ended with ${code} before it reported`)));
    });
  return {
    child,
    exited,
    message,
    ready: () => message(({ ready }) => (ready ?? 0) > 0),
    signal: (signal) => void child.kill(signal),
  };
}
