import { setImmediate as turn } from "node:timers/promises";

/** Until it is so, however many turns what goes on in between takes. What hangs fails. */
export async function whenever(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within 30 s: ${condition.toString()}`);
    await turn();
  }
}
