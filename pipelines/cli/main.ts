#!/usr/bin/env node
import { CommanderError } from "commander";
import { StackError } from "../../deploy/local/stack.js";
import { readConfig } from "../config.js";
import { UserError } from "../runtime/errors.js";
import { refusalOf } from "../runtime/kafka/errors.js";
import { say } from "./context.js";
import { exitCodes } from "./exit-codes.js";
import { endSoon } from "../runtime/end-soon.js";
import { asksForJson, writeJson } from "./output.js";
import { createProgram } from "./program.js";

/** Errors of the models and the registry whose message has what is wrong and where. */
const tellingErrors = new Set(["ModelConflictError", "ModelCardError", "ModelIntegrityError", "RegistryCardError"]);

interface Description {
  readonly message: string;
  readonly hint: string | null;
  readonly exitCode: number;
}

/** By which name the broker knows this process; undefined where it has none, or the configuration is what is wrong. */
function brokerUser(): string | undefined {
  try {
    return readConfig().kafka.sasl?.username;
  } catch {
    return undefined;
  }
}

/** Faults of the user's surroundings are printed as a message; anything else is a defect, and shows its stack. */
function describe(thrown: unknown): Description {
  const error = refusalOf(thrown, brokerUser()) ?? thrown;
  if (error instanceof CommanderError) {
    const [message = "", hint] = error.message.replace(/^error: /, "").split("\n");
    return { message, hint: hint?.replace(/^\(|\)$/g, "") ?? null, exitCode: error.exitCode };
  }
  if (error instanceof UserError)
    return { message: error.message, hint: error.remedy ?? null, exitCode: exitCodes.failed };
  const isTelling = error instanceof StackError || (error instanceof Error && tellingErrors.has(error.name));
  const message = error instanceof Error ? (!isTelling && error.stack) || error.message : String(error);
  return { message, hint: null, exitCode: exitCodes.failed };
}

function report(error: unknown): number {
  const { message, hint, exitCode } = describe(error);
  // The help, and what commander has printed already.
  if (error instanceof CommanderError && (exitCode === 0 || !asksForJson(process.argv.slice(2)))) return exitCode;
  if (asksForJson(process.argv.slice(2))) writeJson({ error: { message, hint } });
  else {
    say(`newstape: ${message}`);
    if (hint) say(`  → ${hint}`);
  }
  return exitCode;
}

// `newstape tail … | head` closes the pipe: that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? exitCodes.done : exitCodes.failed),
);

try {
  await createProgram().parseAsync(process.argv);
  endSoon();
} catch (error) {
  process.exitCode = report(error);
  // Whatever the failed command had begun must not keep the process alive.
  process.exit();
}
