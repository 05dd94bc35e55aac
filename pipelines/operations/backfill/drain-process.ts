/**
 * Stages of a backfill, each in a process of its own: what one stage's models and buffers took is given back before the
 * next begins.
 *
 * Run as a program it is such a process: `drain-process.js STAGE`. It reads the environment as its parent did, and gets the
 * addresses of the parent's servers in a message: those of the local stack stand nowhere in the environment.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { readConfig, type PipelineConfig } from "../../config.js";
import type { LocalEndpoints } from "../../runtime/config.js";
import { endSoon } from "../../runtime/end-soon.js";
import { UserError } from "../../runtime/errors.js";
import { connect } from "../connection.js";
import { drainHere, type DrainStage } from "./backfill.js";

interface DrainMessage {
  readonly left?: number;
  readonly failed?: { readonly message: string; readonly remedy: string | undefined; readonly isUserError: boolean };
}

/** @throws UserError as the stage does; Error when the process ends otherwise */
export const drainInProcess =
  ({ kafka, schemaRegistry, databaseUrl }: PipelineConfig): DrainStage =>
  async (name, onLag) => {
    const child = fork(fileURLToPath(import.meta.url), [name], { execArgv: ["--enable-source-maps"] });
    child.send({
      kafkaBrokers: kafka.brokers,
      schemaRegistryUrl: schemaRegistry.url,
      databaseUrl,
    } satisfies LocalEndpoints);
    let failed: DrainMessage["failed"];
    child.on("message", (message: DrainMessage) => {
      if (message.left !== undefined) onLag(message.left);
      failed ??= message.failed;
    });
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    if (failed?.isUserError) throw new UserError(failed.message, failed.remedy ?? "");
    if (failed) throw new Error(failed.message);
    if (code !== 0) throw new Error(`the process of ${name} ended with ${signal ?? code}`);
  };

async function main(name: string): Promise<void> {
  // The parent may be gone already: see below.
  const post = (message: DrainMessage): void => void process.send?.(message, undefined, undefined, () => undefined);
  // The backfill was killed: nothing of it goes on.
  process.once("disconnect", () => process.exit(1));
  try {
    const [endpoints] = (await once(process, "message")) as [LocalEndpoints];
    const connection = await connect(readConfig(undefined, endpoints), { logLevel: "warn", patient: true });
    await drainHere(connection)(name, (left) => post({ left }));
    await connection.close();
  } catch (error) {
    const isUserError = error instanceof UserError;
    const message =
      error instanceof Error ? (isUserError ? error.message : (error.stack ?? error.message)) : String(error);
    post({ failed: { message, remedy: isUserError ? error.remedy : undefined, isUserError } });
    process.exitCode = 1;
  }
  process.removeAllListeners("disconnect");
  process.disconnect?.();
  endSoon();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2] ?? "");
