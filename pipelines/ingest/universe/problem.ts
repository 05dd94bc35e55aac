import { UserError } from "../../runtime/errors.js";

/** What is wrong with a line of a universe's file. */
export interface UniverseProblem {
  /** From 1. */
  readonly line: number;
  /** The text that is wrong. */
  readonly value: string;
  readonly problem: string;
  readonly remedy: string;
}

const shownInMessage = 5;

/** Values in messages: short, and without what a terminal would obey. */
export const quoted = (value: string): string => JSON.stringify(value.slice(0, 60));

/** All problems as one error, the first of them in words. */
export function universeError(source: string, problems: readonly UniverseProblem[]): UserError {
  const lines = problems
    .slice(0, shownInMessage)
    .map(({ line, value, problem, remedy }) => `  line ${line}: ${quoted(value)} ${problem}. ${remedy}`);
  const more = problems.length - lines.length;
  if (more > 0) lines.push(`  and ${more} more`);
  return new UserError(
    `The universe ${source} cannot be used:\n${lines.join("\n")}`,
    "Correct these lines; `newstape universe check FILE` shows all of them.",
  );
}
