import { defaultCalendar } from "../../../operators/calendar/calendar.js";
import type { Bar } from "../../../schemas/generated/types.js";
import { column, deliveryColumns, fields, since } from "../column.js";
import { projectionOf, type ProjectionTable } from "../table.js";

const field = fields<Bar>();

export const barsTable: ProjectionTable<Bar> = {
  ...projectionOf("market.bars"),
  key: ["symbol", "interval", "event_time"],
  newer: ["available_at", "kafka_offset"],
  columns: [
    ...field("text", "id", "symbol", "interval", "origin"),
    ...field("timestamptz", "eventTime", "availableAt"),
    ...field("double precision", "open", "high", "low", "close", "volume", "adjustment", "split", "dividendFactor"),
    // NULL where it is false: the content hash of rows from before stays what it was.
    column("confirmed", "boolean", ({ confirmed }) => confirmed || null),
    ...since(defaultCalendar, field("text", "calendar")),
    ...deliveryColumns<Bar>(({ availableAt }) => availableAt),
  ],
};
