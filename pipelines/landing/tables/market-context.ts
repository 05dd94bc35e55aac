import { defaultCalendar } from "../../../operators/calendar/calendar.js";
import type { MarketContext } from "../../../schemas/generated/types.js";
import { deliveryColumns, fields, since } from "../column.js";
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
    ...since(defaultCalendar, field("text", "calendar")),
    ...deliveryColumns<MarketContext>(({ asOf }) => asOf),
  ],
};
