import { createInterface } from "node:readline/promises";
import { UserError } from "../runtime/errors.js";

/**
 * Asks before something is deleted; `--yes` answers beforehand.
 *
 * @throws UserError without a terminal to ask on, or when the answer is not yes
 */
export async function confirm(question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UserError("There is no terminal to ask on, and --yes was not given", "Look at the plan and add --yes.");
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `).finally(() => terminal.close());
  if (!/^y(es)?$/i.test(answer.trim())) throw new UserError("Nothing was changed");
}
