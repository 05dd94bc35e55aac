import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import type { ModelVersion, Route } from "../../../schemas/generated/types.js";
import { Integrity, type IntegrityNote } from "../../operations/integrity.js";
import { StageRates, type RatedStatus } from "../../operations/stage-rates.js";
import { messageOf, UserError } from "../../runtime/errors.js";
import { readRegistry } from "../../serving/read-registry.js";
import { openContext, say } from "../context.js";
import { exitCodes, secondInterrupt, withExitCodes } from "../exit-codes.js";
import { untilInterrupted } from "../interrupt.js";
import { withJson, writeJson } from "../output.js";
import { Screen } from "../screen.js";
import { statusLine, statusTable } from "../status-table.js";

interface StatusOptions {
  watch?: number | true;
  json?: boolean;
}

export function statusCommand(): Command {
  return withExitCodes(
    withJson(
      new Command("status"),
      "{stages: [{stage, kind, members, lag, perSecond, outcomes, outputs}], routes, models, integrity: [{check, severity, summary}]}; with --watch JSON Lines",
    ),
    {
      failed:
        "records were lost, stand twice in a topic, or ids have two contents (newstape doctor explains why); or it failed",
      interrupted: secondInterrupt,
    },
  )
    .description("Stages, lag, rates and models.")
    .option("-w, --watch [seconds]", "look again and again, every 2 seconds by default", secondsOf)
    .addHelpText(
      "after",
      `
Examples:
  newstape status --watch
  newstape status --json | jq '.stages[].lag'`,
    )
    .action(async (options: StatusOptions) => {
      const context = await openContext({ logLevel: "warn" });
      const registry = await readRegistry(context);
      const rates = new StageRates(context);
      const integrity = new Integrity({ ...context, databaseUrl: context.config.databaseUrl });
      await Promise.all([rates.look(), integrity.open()]);
      if (options.watch === undefined) {
        await sleep(1000);
        const [statuses, notes] = await Promise.all([rates.look(), integrity.look()]);
        show(statuses, registry, notes, options);
        if (notes.some(({ severity }) => severity === "error")) process.exitCode = exitCodes.failed;
      } else await watch(rates, integrity, registry, options.watch === true ? 2 : options.watch, options);
      await Promise.all([context.close(), integrity.close()]);
      // A look that the interruption left behind must not keep the process alive.
      if (options.watch !== undefined) process.exit(exitCodes.done);
    });
}

interface Registry {
  readonly routes: readonly Route[];
  readonly models: readonly ModelVersion[];
}

const routeLine = ({ task, arms }: Route): string =>
  `${task}: ${arms.map(({ arm, model, share }) => `${arm} ${model} ${(share * 100).toFixed(0)} %`).join(", ")}`;

const mark = { ok: "", unknown: "unknown", warning: "WARNING", error: "ERROR" } as const;

/** What is wrong, and which checks of the doctor explain it. */
function integrityLines(notes: readonly IntegrityNote[]): string[] {
  if (notes.length === 0) return [];
  const checks = [...new Set(notes.map(({ check }) => check))].join(" ");
  return [
    ...notes.map(({ check, severity, summary }) => `${mark[severity]} ${check}: ${summary}`),
    `why, and what mends it: newstape doctor --fix-hints --only ${checks}`,
  ];
}

function show(
  statuses: readonly RatedStatus[],
  { routes, models }: Registry,
  integrity: readonly IntegrityNote[],
  { json }: StatusOptions,
): void {
  if (json) return writeJson({ stages: statuses, routes, models, integrity });
  console.log(statusTable(statuses, process.stdout.isTTY ? process.stdout.columns : Infinity));
  for (const route of routes) console.log(routeLine(route));
  for (const line of integrityLines(integrity)) console.log(line);
  if (routes.length === 0) say("no model serves any task: run `newstape models register`");
}

async function watch(
  rates: StageRates,
  integrity: Integrity,
  registry: Registry,
  seconds: number,
  options: StatusOptions,
): Promise<void> {
  const interrupted = untilInterrupted().then(() => "interrupted" as const);
  const screen = process.stdout.isTTY && !options.json ? new Screen(process.stdout) : undefined;
  let latest: readonly RatedStatus[] = [];
  let notes: readonly IntegrityNote[] = [];
  let note = "";
  const draw = (): void =>
    screen?.draw(
      [
        ...(latest.length > 0 ? [statusTable(latest, screen.width)] : []),
        ...registry.routes.map(routeLine),
        ...integrityLines(notes),
        note || `${new Date().toISOString().slice(11, 19)} UTC, every ${seconds} s; Ctrl-C ends`,
      ].join("\n"),
    );
  process.stdout.on("resize", draw);
  try {
    for (;;) {
      const look = Promise.all([rates.look(), integrity.look()]).catch((error: unknown) => error);
      const found = await Promise.race([look, interrupted]);
      if (found === "interrupted") return;
      if (Array.isArray(found)) {
        [latest, notes] = found as [RatedStatus[], readonly IntegrityNote[]];
        note = "";
        if (options.json) writeJson({ at: new Date().toISOString(), stages: latest, ...registry, integrity: notes });
        else if (!screen) {
          console.log(statusLine(latest, new Date()));
          for (const line of integrityLines(notes)) console.log(line);
        }
      } else {
        note = `cannot look: ${messageOf(found)}`;
        if (!screen) say(note);
      }
      draw();
      if ((await Promise.race([sleep(seconds * 1000), interrupted])) === "interrupted") return;
    }
  } finally {
    process.stdout.off("resize", draw);
    screen?.close();
  }
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (seconds >= 0.2 && seconds <= 86_400) return seconds;
  throw new UserError(`--watch ${text} is no interval`, "Give seconds, from 0.2 to 86400.");
}
