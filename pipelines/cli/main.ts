#!/usr/bin/env node
import { CommanderError } from "commander";
import { StackError } from "../../deploy/local/stack.js";
import { UserError } from "../runtime/errors.js";
import { say } from "./context.js";
import { createProgram } from "./program.js";

/** Errors of the models and the registry whose message says what is wrong and where. */
const tellingErrors = new Set(["ModelConflictError", "ModelCardError", "ModelIntegrityError", "RegistryCardError"]);

/** Faults of the user's surroundings are told in plain words; anything else is a defect, and shows its stack. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode;
  if (error instanceof UserError) {
    say(`newstape: ${error.message}`);
    if (error.remedy) say(`  → ${error.remedy}`);
    return 1;
  }
  if (error instanceof StackError || (error instanceof Error && tellingErrors.has(error.name))) {
    say(`newstape: ${error.message}`);
  } else say(`newstape: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return 1;
}

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error);
  // Whatever the failed command had begun must not keep the process alive.
  process.exit();
}
