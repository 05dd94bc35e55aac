import { defineCounter, defineHistogram, type MetricDefinition } from "../runtime/metrics.js";

export const landedRows = defineCounter(
  "newstape_landing_rows_total",
  "Records by topic and result (inserted, updated, duplicates, conflicts, refused; twice: those of them that the topic holds at another place too).",
  ["topic", "result"],
);
export const landingSeconds = defineHistogram(
  "newstape_landing_write_seconds",
  "Time of one database transaction of the landing.",
);

export const landingMetrics: readonly MetricDefinition[] = [landedRows, landingSeconds];
