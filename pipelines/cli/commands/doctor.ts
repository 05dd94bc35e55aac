import { Command } from "commander";
import {
  checks,
  examine,
  worst,
  type CheckResult,
  type Finding,
  type Severity,
} from "../../operations/doctor/index.js";
import { exitCodes, withExitCodes } from "../exit-codes.js";
import { didYouMean } from "../suggest.js";
import { UserError } from "../../runtime/errors.js";
import { openSurroundings } from "../../operations/doctor/open-surroundings.js";
import { withJson, writeJson } from "../output.js";

interface DoctorOptions {
  json?: boolean;
  fixHints?: boolean;
  only?: string[];
  all?: boolean;
}

/** For all checks together; reading all of a ledger takes longer. */
const timeoutsMs = { recent: 20_000, all: 600_000 };

const codeOf: Readonly<Record<Severity, number>> = {
  ok: exitCodes.done,
  warning: exitCodes.warnings,
  unknown: exitCodes.warnings,
  error: exitCodes.failed,
};

const marks: Readonly<Record<Severity, string>> = { ok: "ok", warning: "WARNING", error: "ERROR", unknown: "unknown" };

export function doctorCommand(): Command {
  return withExitCodes(
    withJson(
      new Command("doctor"),
      "{severity, checks: [{check, severity, findings: [{severity, summary, explanation, fix}], seconds}]}",
    ),
    {
      done: "all is well",
      failed: "errors were found, or it failed",
      warnings: "nothing but warnings, or something could not be looked at",
    },
  )
    .description("Find and explain what is wrong with servers, topics, schemas, models, groups and tables.")
    .option("--fix-hints", "show for each finding what mends it")
    .option("--only <check...>", "only these checks, and those of the servers that they need")
    .option("--all", "look at all rows of the ledgers, not at the recent ones alone")
    .addHelpText(
      "after",
      `
It changes nothing, and works while parts are down.

Checks:
${checks.map(({ name, looksAt }) => `  ${name.padEnd(15)} ${looksAt}`).join("\n")}`,
    )
    .action(async (options: DoctorOptions) => {
      const surroundings = await openSurroundings();
      const results = await examine(
        chosen(options.only),
        { ...surroundings, wholeHistory: options.all ?? false },
        options.all ? timeoutsMs.all : timeoutsMs.recent,
      );
      const severity = worst(results.map((result) => result.severity));
      if (options.json) writeJson({ severity, checks: results });
      else for (const line of describe(results, options.fixHints ?? false)) console.log(line);
      process.exitCode = codeOf[severity];
      // A server that hangs must not keep the doctor waiting for its goodbye.
      await Promise.race([surroundings.close(), new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
      process.exit();
    });
}

function chosen(only: readonly string[] | undefined) {
  if (!only) return checks;
  const names = checks.map(({ name }) => name);
  for (const name of only)
    if (!names.includes(name)) throw new UserError(`There is no check ${name}`, didYouMean(name, names));
  const needed = new Set(only.flatMap((name) => [name, ...(checks.find((check) => check.name === name)?.needs ?? [])]));
  return checks.filter(({ name }) => needed.has(name));
}

function describe(results: readonly CheckResult[], fixHints: boolean): string[] {
  const lines = results.flatMap(({ check, findings }) =>
    findings.flatMap((finding, index) => linesOf(index === 0 ? check : "", finding, fixHints)),
  );
  const count = (severity: Severity): number =>
    results.reduce((sum, { findings }) => sum + findings.filter((finding) => finding.severity === severity).length, 0);
  const [errors, warnings, unknown] = [count("error"), count("warning"), count("unknown")];
  const total = [
    errors > 0 && `${errors} ${errors === 1 ? "error" : "errors"}`,
    warnings > 0 && `${warnings} ${warnings === 1 ? "warning" : "warnings"}`,
    unknown > 0 && `${unknown} not looked at`,
  ].filter(Boolean);
  const hint = total.length > 0 && !fixHints ? "; --fix-hints shows what mends them" : "";
  return [...lines, "", total.length > 0 ? `${total.join(", ")}${hint}` : "all is well"];
}

function linesOf(check: string, { severity, summary, explanation, fix }: Finding, fixHints: boolean): string[] {
  const indent = " ".repeat(25);
  return [
    `${check.padEnd(15)} ${marks[severity].padEnd(8)} ${summary}`,
    ...(explanation && severity !== "ok" ? [`${indent}${explanation}`] : []),
    ...(fix && fixHints ? [`${indent}→ ${fix}`] : []),
  ];
}
