import { hash } from "node:crypto";

/**
 * W3C trace context of a record that enters the pipeline: https://www.w3.org/TR/trace-context/. Derived from the record's
 * id, so that the same record has the same trace in every run.
 */
export function traceparentOf(id: string): string {
  const digest = hash("sha256", `trace\u0000${id}`, "hex");
  return `00-${digest.slice(0, 32)}-${digest.slice(32, 48)}-01`;
}
