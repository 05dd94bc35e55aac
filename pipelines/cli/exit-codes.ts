/** The exit codes of the command line: what each means, and which ones a command can give. */
import type { Command } from "commander";

export const exitCodes = {
  done: 0,
  failed: 1,
  warnings: 2,
  partly: 3,
  /** 128 and the number of SIGINT, as a shell has it. */
  interrupted: 130,
} as const;

export type ExitName = keyof typeof exitCodes;
type Meanings = Readonly<Partial<Record<ExitName, string>>>;

/** What a code means in general, for the table in pipelines/cli/README.md. */
export const generalMeanings: Readonly<Record<ExitName, string>> = {
  done: "the command has done what it says, and found nothing wrong",
  failed: "it failed, and the message says why; or what it checks does not hold",
  warnings: "nothing but warnings was found, or something could not be looked at",
  partly: "it went through, but some of the input was refused, could not be read or could not be verified",
  interrupted: "it was interrupted before it had come to its end",
};

/** Every command can give these. */
const common = { done: "done", failed: "it failed; the message says why" } as const;

const declared = new WeakMap<Command, Meanings>();

/** @param meanings what else the command can give, and what `done` and `failed` mean where they tell something */
export function withExitCodes(command: Command, meanings: Meanings): Command {
  declared.set(command, meanings);
  return command;
}

/** What a command can give, in the order of the codes. */
export function exitCodesOf(command: Command): readonly { readonly name: ExitName; readonly meaning: string }[] {
  const meanings: Meanings = { ...common, ...declared.get(command) };
  return (Object.keys(exitCodes) as ExitName[]).flatMap((name) => {
    const meaning = meanings[name];
    return meaning === undefined ? [] : [{ name, meaning }];
  });
}

/** The commands that do something, each with its words. */
export function leavesOf(program: Command, prefix = ""): { readonly path: string; readonly command: Command }[] {
  return program.commands.flatMap((command) => {
    const path = `${prefix}${command.name()}`;
    return command.commands.length > 0 ? leavesOf(command, `${path} `) : [{ path, command }];
  });
}

/** For the end of a command's help. */
export function exitCodeHelp(command: Command): string {
  const lines = exitCodesOf(command).map(({ name, meaning }) => `  ${String(exitCodes[name]).padEnd(3)}  ${meaning}`);
  return `\nExit codes:\n${lines.join("\n")}`;
}

/** Of a command that runs until it is stopped, and then ends in order. */
export const secondInterrupt = "a second Ctrl-C: it did not wait for what was in work";
