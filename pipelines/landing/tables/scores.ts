import type { Score } from "../../../schemas/generated/types.js";
import { deliveryColumns, fields } from "../column.js";
import { ledgerOf, type LedgerTable } from "../table.js";

const field = fields<Score>();

export const scoresTable: LedgerTable<Score> = {
  ...ledgerOf("scores"),
  columns: [
    ...field("text", "id", "symbol", "vectorId", "featureSet", "origin", "interval", "barId", "sentimentModel"),
    ...field("double precision[]", "values"),
    ...field("jsonb", "targets"),
    ...field("bigint", "sequence"),
    ...field("timestamptz", "eventTime", "asOf", "barTime"),
    ...field("double precision", "close", "sentimentMean", "sentimentCount"),
    ...deliveryColumns<Score>(({ asOf }) => asOf),
  ],
};
