/**
 * Waits until whoever started it is gone, however that happened, and then ends every process with this argument; removes the
 * directory if one is named. It is in a process group of its own, so that what ends the test's does not end it.
 *
 *     reaper-process.js ARGUMENT [DIRECTORY]
 */
import { rm } from "node:fs/promises";
import { hasArgument } from "../../deploy/local/component.js";
import { listProcesses, signalProcess, waitUntil } from "../../deploy/local/processes.js";

const [mark = "", directory] = process.argv.slice(2);
if (mark === "") throw new Error("usage: reaper-process.js ARGUMENT [DIRECTORY]");

const end = async (): Promise<boolean> => {
  const areGone = await waitUntil(async () => {
    const found = (await listProcesses()).filter((other) => other.pid !== process.pid && hasArgument(other, mark));
    for (const { pid } of found) signalProcess(pid, "SIGKILL");
    return found.length === 0;
  }, 20_000);
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  return areGone;
};
process.stdin.resume();
process.stdin.once("close", () => {
  end().then(
    (areGone) => process.exit(areGone ? 0 : 1),
    () => process.exit(1),
  );
});
