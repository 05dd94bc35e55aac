import type { Signal } from "../../../schemas/generated/types.js";
import { deliveryColumns, fields } from "../column.js";
import type { LedgerTable } from "../table.js";

const field = fields<Signal>();

export const signalsTable: LedgerTable<Signal> = {
  kind: "ledger",
  name: "signals",
  topic: "signals",
  id: ({ id }) => id,
  asOf: ({ asOf }) => asOf,
  columns: [
    ...field("text", "id", "symbol", "forecastId", "scoreId", "origin", "direction"),
    ...field("bigint", "sequence"),
    ...field("timestamptz", "eventTime", "asOf", "barTime", "validUntil"),
    ...field("double precision", "strength", "confidence", "close"),
    ...field("jsonb", "reasons"),
    ...deliveryColumns<Signal>(({ asOf }) => asOf),
  ],
};
