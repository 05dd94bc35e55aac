import { recordId } from "../../operators/record-id.js";
import type { Bar } from "../../schemas/generated/types.js";

/**
 * Identity of a bar: symbol, interval, close time and content, so that a corrected bar has another id. A split or a
 * dividend counts only where there is one, which leaves the ids of all other bars as they were before bars knew of either. The
 * calendar does not count: it follows from the symbol.
 */
export function barId(bar: Omit<Bar, "id" | "availableAt" | "origin" | "confirmed" | "calendar">): string {
  const { symbol, interval, eventTime, open, high, low, close, volume, adjustment, split, dividendFactor } = bar;
  const content = [open, high, low, close, volume, adjustment].map(String);
  if (split !== 1) content.push(`split ${split}`);
  if (dividendFactor !== 1) content.push(`dividend ${dividendFactor}`);
  return recordId(symbol, interval, String(eventTime), ...content);
}
