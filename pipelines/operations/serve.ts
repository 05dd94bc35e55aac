import { startPipeline, type RunningPipeline } from "../pipeline.js";
import { serveOperations } from "../runtime/http.js";
import { Metrics } from "../runtime/metrics.js";
import type { Connection } from "./connection.js";

export interface Serving extends Pick<RunningPipeline, "done"> {
  /** Address of the metrics, where they are served. */
  readonly metrics: string | undefined;
  stop(): Promise<void>;
}

export interface ServeOptions extends Pick<Connection, "config" | "kafka" | "admin" | "logger"> {
  readonly drain?: boolean;
  /** Where /healthz, /readyz and /metrics are; undefined: nowhere. */
  readonly http: { readonly port: number; readonly host: string } | undefined;
}

/** Runs parts of the pipeline in this process, with the endpoints by which they are watched. */
export async function serve(names: readonly string[], options: ServeOptions): Promise<Serving> {
  const metrics = new Metrics();
  const running = await startPipeline(names, { ...options, metrics });
  const server = options.http && (await serveOperations(options.http, metrics, () => running.ready()));
  return {
    done: running.done,
    metrics: server && `${server.url}/metrics`,
    stop: async () => {
      await running.stop();
      await server?.close();
    },
  };
}
