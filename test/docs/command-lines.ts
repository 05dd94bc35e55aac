/** Whether a command line that a page shows can be typed: command, subcommand and options exist. */
import type { Command } from "commander";

/** What is wrong with it; undefined when nothing is. */
export function fault(program: Command, line: string): string | undefined {
  const [words] = line.split(/\s(?:#|&&|\|\||\||>|<)(?:\s|$)/, 1);
  const [first = "", ...rest] = (words ?? "").trim().split(/\s+/);
  const command = childOf(program, first);
  if (!command) return isPlaceholder(first) ? undefined : `there is no command ${first}`;
  if (command.commands.length === 0) return optionFault(command, rest);
  const [second = "", ...parameters] = rest;
  if (second === "" || isPlaceholder(second)) return undefined;
  const child = childOf(command, second);
  return child ? optionFault(child, parameters) : `there is no command ${first} ${second}`;
}

const childOf = (command: Command, name: string): Command | undefined =>
  command.commands.find((child) => child.name() === name);

/** `COMMAND`, `<command>`, `…`, an option. */
const isPlaceholder = (word: string): boolean => !/^[a-z]/.test(word);

function optionFault(command: Command, words: readonly string[]): string | undefined {
  const known = ["--help", "-h", ...command.options.flatMap(({ long, short }) => [long, short])];
  const unknown = words
    .map((word) => /^--?[a-z][a-z0-9-]*/.exec(word)?.[0])
    .find((word) => word && !known.includes(word));
  return unknown && `${command.name()} has no option ${unknown}`;
}
