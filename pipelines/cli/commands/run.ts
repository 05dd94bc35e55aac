import { Command, Option } from "commander";
import { serve } from "../../operations/serve.js";
import { refuseUnfinished } from "../../operations/unfinished.js";
import { runnable } from "../../stages/parts.js";
import { openContext, say } from "../context.js";
import { secondInterrupt, withExitCodes } from "../exit-codes.js";
import { untilInterrupted } from "../interrupt.js";
import { runnableArgument } from "../names.js";
import { withJson, writeJson } from "../output.js";

interface RunOptions {
  drain?: boolean;
  httpPort?: number;
  json?: boolean;
}

export function runCommand(): Command {
  return withExitCodes(withJson(new Command("run"), "JSON Lines {event: running | stopped, stages, metrics}"), {
    done: "stopped in order; with --drain: the inputs were processed to their ends",
    interrupted: secondInterrupt,
  })
    .description("Run stages in this process until it is stopped. Several processes share the tasks of a stage.")
    .addArgument(runnableArgument())
    .option("--drain", "stop when everything in the inputs has been processed (a backfill)")
    .addOption(
      new Option("--http-port <port>", "port of /healthz, /readyz and /metrics; 0: any free one")
        .env("NEWSTAPE_HTTP_PORT")
        .argParser(Number),
    )
    .addHelpText("after", "\nExamples:\n  newstape run all\n  newstape run sentiment --http-port 9464")
    .action(async (names: string[], options: RunOptions) => {
      const context = await openContext({ patient: true });
      await refuseUnfinished(context);
      const chosen = names.includes("all") ? runnable : names;
      const { http } = context.config;
      const serving = await serve(chosen, {
        ...context,
        drain: options.drain ?? false,
        http: options.httpPort === undefined ? http : { host: http?.host ?? "127.0.0.1", port: options.httpPort },
      });
      const report = { stages: chosen, metrics: serving.metrics ?? null };
      if (options.json) writeJson({ event: "running", ...report });
      else if (serving.metrics) say(`metrics at ${serving.metrics}`);
      try {
        await Promise.race([serving.done, untilInterrupted()]);
      } finally {
        await serving.stop();
        await context.close();
      }
      if (options.json) writeJson({ event: "stopped", ...report });
    });
}
