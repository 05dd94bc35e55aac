/** What KafkaJS throws, put into the few kinds that the pipeline distinguishes. */
import { messageOf, UserError } from "../errors.js";
import { isUnknownAuthority } from "../tls.js";

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

/** Whether a broker's certificate is signed by an authority that is not known here. */
export function hasUnknownAuthority(error: unknown): boolean {
  for (const fault of causes(error)) if (isUnknownAuthority(fault)) return true;
  return false;
}

/** Whether a broker ended the connection over this client's certificate: TLS alerts 40 to 49 and 116, RFC 8446 section 6.2. */
export function isCertificateRefused(error: unknown): boolean {
  for (const fault of causes(error))
    if (
      /alert (?:bad |unknown |certificate |handshake )|ERR_SSL_\w*ALERT|SSL alert number (?:4\d|116)/i.test(
        messageOf(fault),
      )
    )
      return true;
  return false;
}

/** A refusal, with what was asked for: KafkaJS's own faults name neither topic nor group. */
class RefusedError extends Error {
  override readonly name = "RefusedError";

  constructor(
    readonly what: string,
    cause: unknown,
  ) {
    super(`${what}: ${messageOf(cause)}`, { cause });
  }
}

const isRefused = (error: unknown): boolean => faultType(error)?.endsWith("AUTHORIZATION_FAILED") ?? false;

/** Does the work; a refusal of the broker then names what it was about. @param what e.g. `topic news.raw` */
export async function about<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isRefused(error) ? new RefusedError(what, error) : error;
  }
}

/** The first names of a list, for a message. */
export const someOf = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;

/**
 * The broker's refusal in plain words, since no retry mends it.
 *
 * @param user by which the process comes, where it has a name
 * @returns undefined for every other fault
 */
export function refusalOf(error: unknown, user?: string): UserError | undefined {
  const who = user === undefined ? "this user" : `user ${user}`;
  for (const fault of causes(error)) {
    const { type, name } = fault as { type?: string; name?: string };
    if (type?.endsWith("AUTHORIZATION_FAILED")) {
      const told = [...causes(error)].find((cause): cause is RefusedError => cause instanceof RefusedError);
      return new UserError(
        `The broker refuses what ${who} asks for: ${told ? `${told.what}: ` : ""}${messageOf(fault)} (${type})`,
        "`newstape topics plan --acls`, run by one who may alter the cluster, shows which rules are missing; `apply --acls` makes them.",
        { cause: error },
      );
    }
    if (name === "KafkaJSSASLAuthenticationError") {
      return new UserError(
        `The broker does not let ${who} in: ${messageOf(fault)}`,
        "Check KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD, or the KAFKA_OAUTH_ variables.",
        { cause: error },
      );
    }
  }
  return undefined;
}
