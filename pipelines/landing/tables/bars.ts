import type { Bar } from "../../../schemas/generated/types.js";
import { deliveryColumns, fields } from "../column.js";
import type { ProjectionTable } from "../table.js";

const field = fields<Bar>();

export const barsTable: ProjectionTable<Bar> = {
  kind: "projection",
  name: "bars",
  topic: "market.bars",
  id: ({ id }) => id,
  key: ["symbol", "interval", "event_time"],
  newer: ["available_at", "kafka_offset"],
  columns: [
    ...field("text", "id", "symbol", "interval", "origin"),
    ...field("timestamptz", "eventTime", "availableAt"),
    ...field("double precision", "open", "high", "low", "close", "volume", "adjustment", "split", "dividendFactor"),
    ...deliveryColumns<Bar>(({ availableAt }) => availableAt),
  ],
};
