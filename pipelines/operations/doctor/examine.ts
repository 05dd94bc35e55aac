import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, UserError } from "../../runtime/errors.js";
import { unknown, type Check, type Finding, type Server, type Severity, type Surroundings } from "./check.js";

export interface CheckResult {
  readonly check: string;
  /** The worst of its findings. */
  readonly severity: Severity;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

const order: readonly Severity[] = ["ok", "unknown", "warning", "error"];

export const worst = (severities: readonly Severity[]): Severity =>
  severities.reduce((one, other) => (order.indexOf(other) > order.indexOf(one) ? other : one), "ok");

/**
 * Runs the checks side by side, each for at most `timeoutMs`. A check that needs a server waits for the check that is
 * named after it, and gives `unknown` where that found an error: one fault is reported once.
 */
export async function examine(
  checks: readonly Check[],
  surroundings: Surroundings,
  timeoutMs = 20_000,
): Promise<CheckResult[]> {
  const running = new Map<string, Promise<CheckResult>>();
  const isAway = async (server: Server): Promise<boolean> => {
    const result = await running.get(server);
    return result !== undefined && (result.severity === "error" || result.severity === "unknown");
  };
  // Those of the servers first, so that the others find them.
  const ordered = [...checks].sort((a, b) => a.needs.length - b.needs.length);
  for (const check of ordered) running.set(check.name, runOne(check, surroundings, timeoutMs, isAway));
  return Promise.all(checks.map(({ name }) => running.get(name) as Promise<CheckResult>));
}

async function runOne(
  check: Check,
  surroundings: Surroundings,
  timeoutMs: number,
  isAway: (server: Server) => Promise<boolean>,
): Promise<CheckResult> {
  const away: Server[] = [];
  for (const server of check.needs) if (await isAway(server)) away.push(server);
  const started = performance.now();
  const result = (findings: readonly Finding[]): CheckResult => ({
    check: check.name,
    severity: worst(findings.map(({ severity }) => severity)),
    findings,
    seconds: (performance.now() - started) / 1000,
  });
  if (away.length > 0) return result([unknown(`not looked at: ${away.join(" and ")} away`, "See above for why.")]);
  const timeout = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: timeout.signal }).then(
    () => [unknown(`no answer within ${timeoutMs / 1000} s`, "The server is overloaded, or stopped without closing.")],
    () => [],
  );
  try {
    return result(await Promise.race([check.run(surroundings), late]));
  } catch (fault) {
    const remedy = fault instanceof UserError && fault.remedy ? ` ${fault.remedy}` : "";
    return result([unknown(`could not look: ${messageOf(fault)}`, `The check itself failed.${remedy}`)]);
  } finally {
    timeout.abort();
  }
}
