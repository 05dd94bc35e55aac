/** What can be typed after `newstape`, as a table that each shell's script is written from. */
import type { Argument, Command, Option } from "commander";

export interface CommandWords {
  /** Words that lead to it, e.g. `topics plan`; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly Described[];
  readonly options: readonly OptionWords[];
  /** Values of its arguments, by place; the last goes on where `isVariadic`. Undefined: a file. */
  readonly values: readonly (readonly string[] | undefined)[];
  readonly isVariadic: boolean;
}

export interface Described {
  readonly name: string;
  readonly description: string;
}

export interface OptionWords extends Described {
  /** Further spellings, e.g. `-n`. */
  readonly others: readonly string[];
  /** Whether a value follows it. */
  readonly takesValue: boolean;
  readonly values: readonly string[] | undefined;
}

export function grammarOf(program: Command): CommandWords[] {
  const visit = (command: Command, path: readonly string[]): CommandWords[] => [
    {
      path: path.join(" "),
      commands: command.commands.map((child) => ({ name: child.name(), description: child.description() })),
      options: [...command.options.filter(({ hidden }) => !hidden).map(toOption), help],
      values: command.registeredArguments.map(valuesOf),
      isVariadic: command.registeredArguments.at(-1)?.variadic ?? false,
    },
    ...command.commands.flatMap((child) => visit(child, [...path, child.name()])),
  ];
  return visit(program, []);
}

const help: OptionWords = {
  name: "--help",
  others: ["-h"],
  description: "show the usage",
  takesValue: false,
  values: undefined,
};

const toOption = (option: Option): OptionWords => ({
  name: option.long ?? option.short ?? "",
  others: option.long && option.short ? [option.short] : [],
  description: option.description,
  takesValue: option.required,
  values: option.argChoices,
});

function valuesOf(argument: Argument): readonly string[] | undefined {
  if (argument.argChoices) return argument.argChoices;
  // `completion <shell>`: its description is the list.
  return /^[a-z]+(, [a-z]+)+$/.test(argument.description) ? argument.description.split(", ") : undefined;
}
