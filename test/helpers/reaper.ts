import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * Sees to it that processes do not outlive this one, not even when it is killed.
 *
 * @param mark an argument of theirs, and of no other's
 * @param directory removed then too
 * @returns what ends them now, and resolves when they are gone
 */
export function openReaper(mark: string, directory?: string): () => Promise<void> {
  const program = fileURLToPath(new URL("./reaper-process.js", import.meta.url));
  const child = spawn(process.execPath, [program, mark, ...(directory === undefined ? [] : [directory])], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const exited = once(child, "exit");
  return async () => {
    child.stdin.end();
    const [code] = (await exited) as [number | null];
    if (code !== 0) throw new Error(`processes with ${mark} could not be ended`);
  };
}
