import type { Forecast } from "../../../schemas/generated/types.js";
import { deliveryColumns, fields } from "../column.js";
import { ledgerOf, type LedgerTable } from "../table.js";

const field = fields<Forecast>();

export const forecastLedgerTable: LedgerTable<Forecast> = {
  ...ledgerOf("forecasts"),
  columns: [
    ...field("text", "id", "symbol", "scoreId", "origin", "interval", "barId", "modelVersion"),
    ...field("bigint", "sequence"),
    ...field("integer", "horizon"),
    ...field("timestamptz", "eventTime", "asOf", "barTime", "targetTime"),
    ...field("double precision", "close"),
    ...field("jsonb", "methods"),
    ...deliveryColumns<Forecast>(({ asOf }) => asOf),
  ],
};
