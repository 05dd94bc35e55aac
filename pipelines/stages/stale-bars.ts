/** Counts and tells of live scores that give no forecast, as their bar had come too late; see operators/forecasts/stale-bar.ts. */
import { mostSessionsLate } from "../../operators/forecasts/stale-bar.js";
import type { Outcome } from "../../operators/operator.js";
import type { Bar, Score } from "../../schemas/generated/types.js";
import { defineCounter, type MetricDefinition } from "../runtime/metrics.js";
import type { MeasuredTo } from "../runtime/stage/definition.js";

const staleTotal = defineCounter(
  "newstape_forecasts_stale_total",
  "Live scores without forecast and signal, as their bar had come more than five sessions after its close, by interval.",
  ["interval"],
);

export const staleMetrics: readonly MetricDefinition[] = [staleTotal];

/** Logs the first of a row; the next only after a forecast was made. */
export function measureStale({ metrics, logger }: MeasuredTo) {
  const counter = metrics.counter(staleTotal);
  let isTold = false;
  return (outcome: Outcome<"forecasts" | "signals">, { symbol, interval }: Readonly<Bar | Score>): void => {
    const stale = "notes" in outcome ? (outcome.notes ?? []).length : 0;
    if (stale > 0) counter.inc({ interval }, stale);
    if (stale > 0 && !isTold) {
      logger.warn(
        { symbol, interval },
        `no forecast and no signal: the bar had come more than ${mostSessionsLate} sessions after its close, too late to be live; load history with \`newstape backfill\``,
      );
      isTold = true;
    }
    if (outcome.kind === "emit") isTold = false;
  };
}
