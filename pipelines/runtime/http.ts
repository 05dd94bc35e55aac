import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metrics } from "./metrics.js";

export interface OperationsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** `/healthz` (the process lives), `/readyz` (its stages hold their tasks) and `/metrics` (Prometheus text). */
export async function serveOperations(
  options: { readonly port: number; readonly host: string },
  metrics: Metrics,
  isReady: () => boolean,
): Promise<OperationsServer> {
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      if (request.method !== "GET" && request.method !== "HEAD") {
        response.writeHead(405, { allow: "GET, HEAD" }).end();
        return;
      }
      switch (request.url?.split("?")[0]) {
        case "/healthz":
          response.writeHead(200, { "content-type": "text/plain" }).end("ok\n");
          return;
        case "/readyz":
          if (isReady()) response.writeHead(200, { "content-type": "text/plain" }).end("ready\n");
          else response.writeHead(503, { "content-type": "text/plain" }).end("not ready\n");
          return;
        case "/metrics":
          response
            .writeHead(200, { "content-type": metrics.registry.contentType })
            .end(await metrics.registry.metrics());
          return;
        case undefined:
        default:
          response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
      }
    };
    answer().catch(() => response.writeHead(500).end());
  });
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
