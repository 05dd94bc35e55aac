/** What KafkaJS throws, put into the few kinds that the pipeline tells apart. */

interface KafkaJSFault {
  readonly type?: string;
  readonly cause?: unknown;
  readonly originalError?: unknown;
}

function* causes(error: unknown): Iterable<KafkaJSFault> {
  const seen = new Set<unknown>();
  for (let fault = error as KafkaJSFault | undefined; fault && typeof fault === "object" && !seen.has(fault);) {
    seen.add(fault);
    yield fault;
    fault = (fault.cause ?? fault.originalError) as KafkaJSFault | undefined;
  }
}

const fencing = new Set(["PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH"]);

/** True when another producer has taken over the transactional id, or the broker timed the transaction out. */
export function isFenced(error: unknown): boolean {
  for (const fault of causes(error)) if (fault.type !== undefined && fencing.has(fault.type)) return true;
  return false;
}

/** The broker's own name for a fault, e.g. `TOPIC_ALREADY_EXISTS`. */
export function faultType(error: unknown): string | undefined {
  for (const fault of causes(error)) if (fault.type !== undefined) return fault.type;
  return undefined;
}
