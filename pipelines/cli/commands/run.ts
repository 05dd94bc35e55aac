import { Command, Option } from "commander";
import { refuseUnfinished } from "../../operations/unfinished.js";
import { startPipeline } from "../../pipeline.js";
import { serveOperations } from "../../runtime/http.js";
import { Metrics } from "../../runtime/metrics.js";
import { runnable } from "../../stages/parts.js";
import { openContext, say } from "../context.js";
import { untilInterrupted } from "../interrupt.js";
import { runnableArgument } from "../names.js";
import { withJson, writeJson } from "../output.js";

interface RunOptions {
  drain?: boolean;
  httpPort?: number;
  json?: boolean;
}

export function runCommand(): Command {
  return withJson(new Command("run"), "JSON Lines {event: running | stopped, stages, metrics}")
    .description("Run stages in this process until it is stopped. Several processes share the tasks of a stage.")
    .addArgument(runnableArgument())
    .option("--drain", "stop when everything that lies in the inputs has been processed (a backfill)")
    .addOption(
      new Option("--http-port <port>", "port of /healthz, /readyz and /metrics; 0: any free one")
        .env("NEWSTAPE_HTTP_PORT")
        .argParser(Number),
    )
    .addHelpText("after", "\nExamples:\n  newstape run all\n  newstape run sentiment --http-port 9464")
    .action(async (names: string[], options: RunOptions) => {
      const context = await openContext({ patient: true });
      await refuseUnfinished(context);
      const metrics = new Metrics();
      const chosen = names.includes("all") ? runnable : names;
      const running = await startPipeline(chosen, { ...context, metrics, drain: options.drain ?? false });
      const http =
        context.config.http ??
        (options.httpPort === undefined ? undefined : { port: options.httpPort, host: "127.0.0.1" });
      const server =
        http &&
        (await serveOperations({ ...http, port: options.httpPort ?? http.port }, metrics, () => running.ready()));
      const report = { stages: chosen, metrics: server ? `${server.url}/metrics` : null };
      if (options.json) writeJson({ event: "running", ...report });
      else if (server) say(`metrics at ${report.metrics}`);
      try {
        await Promise.race([running.done, untilInterrupted()]);
      } finally {
        await running.stop();
        await server?.close();
        await context.close();
      }
      if (options.json) writeJson({ event: "stopped", ...report });
    });
}
