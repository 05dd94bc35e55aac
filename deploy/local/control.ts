import { realpath } from "node:fs/promises";
import { recordedComponent } from "./catalogue.js";
import { findProcesses, kill, stop } from "./lifecycle.js";
import { withStackLock } from "./lock.js";
import { signalProcess } from "./processes.js";
import { startMissing } from "./starting.js";
import type { ComponentName } from "./state.js";

/**
 * Sends a signal to one server of a running stack, for tests of failures. After SIGKILL it returns when the system has forgotten all its
 * processes; other signals (SIGSTOP, SIGCONT) are only sent. Returns the server's pid, or undefined when it did not run.
 */
export async function killComponent(
  directory: string,
  name: ComponentName,
  signal: NodeJS.Signals = "SIGKILL",
): Promise<number | undefined> {
  const { component, place } = await recordedComponent(await realpath(directory), name);
  const { server } = await findProcesses(component, place);
  if (signal === "SIGKILL") await kill(component, place);
  else if (server !== undefined) signalProcess(server, signal);
  return server;
}

/** Starts one component again, on the port and data that it had; returns when it answers. */
export async function startComponent(
  directory: string,
  name: ComponentName,
  onProgress: (line: string) => void = () => undefined,
): Promise<void> {
  const dataDirectory = await realpath(directory);
  await withStackLock(dataDirectory, onProgress, async () => {
    const { place, stack } = await recordedComponent(dataDirectory, name);
    const { cacheDirectory, java } = stack;
    await startMissing({
      dataDirectory,
      cacheDirectory,
      wanted: [name],
      ports: { [name]: place.state.port },
      java,
      maven: "mvn",
      archivesClasses: false,
      onProgress,
    });
  });
}

/** Ends one component gracefully and starts it again, on the port and data that it had. */
export async function restartComponent(directory: string, name: ComponentName): Promise<void> {
  const { component, place } = await recordedComponent(await realpath(directory), name);
  await stop(component, place);
  await startComponent(directory, name);
}
