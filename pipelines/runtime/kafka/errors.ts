/** What KafkaJS throws, put into the few kinds that the pipeline distinguishes. */
import { messageOf, UserError } from "../errors.js";

interface KafkaJSFault {
  readonly type?: string;
  readonly cause?: unknown;
  readonly originalError?: unknown;
  /** Of a request for several topics, one each. */
  readonly errors?: unknown;
}

function* causes(error: unknown): Iterable<KafkaJSFault> {
  const seen = new Set<unknown>();
  const waiting: unknown[] = [error];
  while (waiting.length > 0) {
    const fault = waiting.shift();
    if (fault === null || typeof fault !== "object" || seen.has(fault)) continue;
    seen.add(fault);
    const { cause, originalError, errors } = fault as KafkaJSFault;
    yield fault;
    waiting.push(cause ?? originalError, ...(Array.isArray(errors) ? (errors as unknown[]) : []));
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

/**
 * The broker's refusal in plain words, since no retry mends it.
 *
 * @returns undefined for every other fault
 */
export function refusalOf(error: unknown): UserError | undefined {
  for (const fault of causes(error)) {
    const { type, name } = fault as { type?: string; name?: string };
    if (type?.endsWith("AUTHORIZATION_FAILED")) {
      return new UserError(
        `The broker refuses what this user asks for: ${messageOf(fault)} (${type})`,
        "`newstape topics plan --acls`, run by one who may alter the cluster, shows which rules are missing; `apply --acls` makes them.",
        { cause: error },
      );
    }
    if (name === "KafkaJSSASLAuthenticationError") {
      return new UserError(
        `The broker does not let this user in: ${messageOf(fault)}`,
        "Check KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.",
        { cause: error },
      );
    }
  }
  return undefined;
}
