/** Connections to the schema registry, with the certificates that their files hold when they are opened. */
import type { Agent as HttpAgent } from "node:http";
import { request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps, type RequestOptions } from "node:https";
import type { Duplex } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import type { SchemaRegistryConfig } from "./config.js";
import { ReloadedTls } from "./tls.js";

class ReloadingAgent extends HttpsAgent {
  constructor(private readonly tls: ReloadedTls) {
    super();
  }

  override createConnection(options: RequestOptions, callback?: (error: Error | null, stream: Duplex) => void) {
    return super.createConnection({ ...options, ...this.tls.current() }, callback);
  }
}

/** Undefined where nothing is configured: Node's own will do. */
export const registryAgent = ({ tls }: SchemaRegistryConfig): HttpsAgent | undefined =>
  tls && new ReloadingAgent(new ReloadedTls(tls));

export interface RegistryRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly agent?: HttpAgent | HttpsAgent | undefined;
  readonly withinMs: number;
}

/** @throws Error when there is no answer within the time */
export async function requestRegistry(
  url: string,
  { method, headers, body, agent, withinMs }: RegistryRequest,
): Promise<{ status: number; text: string }> {
  const request = url.startsWith("https:") ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent, signal: AbortSignal.timeout(withinMs) }, (response) => {
      textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
    sent.once("error", reject);
    sent.end(body);
  });
}
