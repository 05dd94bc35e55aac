import type { Command } from "commander";
import { bashScript } from "./bash.js";
import { fishScript } from "./fish.js";
import { grammarOf } from "./grammar.js";
import { zshScript } from "./zsh.js";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/**
 * A script with the words of this build: running the program at every key would take half a second.
 */
export function completionScript(program: Command, shell: Shell): string {
  const grammar = grammarOf(program);
  switch (shell) {
    case "bash":
      return bashScript(grammar);
    case "zsh":
      return zshScript(grammar);
    case "fish":
      return fishScript(grammar);
  }
}
