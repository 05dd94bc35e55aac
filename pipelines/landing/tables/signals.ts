import type { Signal } from "../../../schemas/generated/types.js";
import { deliveryColumns, fields } from "../column.js";
import { ledgerOf, type LedgerTable } from "../table.js";

const field = fields<Signal>();

export const signalsTable: LedgerTable<Signal> = {
  ...ledgerOf("signals"),
  columns: [
    ...field("text", "id", "symbol", "forecastId", "scoreId", "origin", "direction"),
    ...field("bigint", "sequence"),
    ...field("timestamptz", "eventTime", "asOf", "barTime", "validUntil"),
    ...field("double precision", "strength", "confidence", "close"),
    ...field("jsonb", "reasons"),
    ...field("boolean", "trained"),
    ...deliveryColumns<Signal>(({ asOf }) => asOf),
  ],
};
