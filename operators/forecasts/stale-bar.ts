import type { KeptBar, PendingScore } from "../../schemas/generated/types.js";
import type { ExchangeCalendar } from "../calendar/calendar.js";

/** Closes of the exchange that may pass before a bar is there: a week of sessions, so that no weekend, holiday or late start is hit. */
export const mostSessionsLate = 5;

/** Fewer days than that cannot hold so many closes. */
const fewestMs = (mostSessionsLate - 1) * 86_400_000;

/**
 * Whether a live score stands on a bar that had come too late to be news: more than five closes of the exchange lie between the
 * bar's own and the moment from which it was known. What could be said of it would be said of a market of then.
 *
 * Both times stand in the record, so that no clock is asked and a replay finds the same. History that is loaded as such is known
 * from its close on and never late, and neither is a live score that stands on it.
 */
export function isStale(
  calendar: ExchangeCalendar,
  score: Pick<PendingScore, "origin">,
  bar: Pick<KeptBar, "time" | "availableAt"> | undefined,
): boolean {
  if (score.origin !== "live" || bar === undefined || bar.availableAt - bar.time < fewestMs) return false;
  // Of days that the calendar does not know no forecast is made either.
  if (!calendar.covers(bar.time) || !calendar.covers(bar.availableAt)) return true;
  let close = bar.time;
  for (let passed = 0; passed <= mostSessionsLate; passed += 1) {
    close = calendar.nextClose(close);
    if (close > bar.availableAt) return false;
  }
  return true;
}
