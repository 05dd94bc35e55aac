/**
 * What `--json` gives: one JSON document on standard output, or JSON Lines where a command goes on. Progress and words for
 * people go to standard error in any case; an error is a document too, `{"error":{"message","hint"}}`.
 */
import type { Command } from "commander";

/** @param shape the document in a few words, e.g. `{changes: [{kind, topic}]}` */
export function withJson(command: Command, shape: string): Command {
  return command.option("--json", `machine-readable: ${shape}`);
}

export function writeJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

/** Whether the command line requests JSON, for what fails before a command has read its options. */
export function asksForJson(parameters: readonly string[]): boolean {
  const end = parameters.indexOf("--");
  return (end < 0 ? parameters : parameters.slice(0, end)).includes("--json");
}

/** Text of others for a terminal: control characters, which could move the cursor or hide what is there, are spelt out. */
export const printable = (text: string): string =>
  text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
