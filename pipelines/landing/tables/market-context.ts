import type { MarketContext } from "../../../schemas/generated/types.js";
import { deliveryColumns, fields } from "../column.js";
import { ledgerOf, type LedgerTable } from "../table.js";

const field = fields<MarketContext>();

export const marketContextTable: LedgerTable<MarketContext> = {
  ...ledgerOf("market.context"),
  columns: [
    ...field("text", "id", "interval", "origin"),
    ...field("timestamptz", "eventTime", "asOf"),
    ...field("bigint", "sequence", "symbols"),
    ...field("double precision", "breadth", "meanReturn", "dispersion", "rangeVolatility"),
    ...field("double precision", "medianReturn", "winsorisedReturn", "medianDeviation"),
    ...field("double precision[]", "quantiles"),
    ...deliveryColumns<MarketContext>(({ asOf }) => asOf),
  ],
};
