import { Command, Option } from "commander";
import { startPipeline } from "../../pipeline.js";
import { serveOperations } from "../../runtime/http.js";
import { Metrics } from "../../runtime/metrics.js";
import { runnable } from "../../stages.js";
import { openContext, say } from "../context.js";
import { untilInterrupted } from "../interrupt.js";

export function runCommand(): Command {
  return new Command("run")
    .description("Run stages in this process until it is stopped. Several processes share the tasks of a stage.")
    .argument("<stage...>", `any of ${runnable.join(", ")}; or all`)
    .option("--drain", "stop when everything that lies in the inputs has been processed (a backfill)")
    .addOption(
      new Option("--http-port <port>", "port of /healthz, /readyz and /metrics; 0: any free one")
        .env("NEWSTAPE_HTTP_PORT")
        .argParser(Number),
    )
    .action(async (names: string[], options: { drain?: boolean; httpPort?: number }) => {
      const context = await openContext();
      const metrics = new Metrics();
      const chosen = names.includes("all") ? runnable : names;
      const running = await startPipeline(chosen, { ...context, metrics, drain: options.drain ?? false });
      const http =
        context.config.http ??
        (options.httpPort === undefined ? undefined : { port: options.httpPort, host: "127.0.0.1" });
      const server =
        http &&
        (await serveOperations({ ...http, port: options.httpPort ?? http.port }, metrics, () => running.ready()));
      if (server) say(`metrics at ${server.url}/metrics`);
      try {
        await Promise.race([running.done, untilInterrupted()]);
      } finally {
        await running.stop();
        await server?.close();
        await context.close();
      }
    });
}
