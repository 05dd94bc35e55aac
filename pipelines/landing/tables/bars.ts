import { defaultCalendar } from "../../../operators/calendar/calendar.js";
import type { Bar } from "../../../schemas/generated/types.js";
import { deliveryColumns, fields, since } from "../column.js";
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
    ...since(defaultCalendar, field("text", "calendar")),
    ...deliveryColumns<Bar>(({ availableAt }) => availableAt),
  ],
};
