import type { FeatureVector } from "../../../schemas/generated/types.js";
import { deliveryColumns, fields } from "../column.js";
import { ledgerOf, type LedgerTable } from "../table.js";

const field = fields<FeatureVector>();

export const featuresTable: LedgerTable<FeatureVector> = {
  ...ledgerOf("features"),
  columns: [
    ...field(
      "text",
      "id",
      "symbol",
      "featureSet",
      "triggerId",
      "trigger",
      "origin",
      "interval",
      "barId",
      "sentimentModel",
      "marketId",
    ),
    ...field("double precision[]", "values"),
    ...field("bigint", "sequence"),
    ...field("timestamptz", "eventTime", "asOf", "barTime"),
    ...field("double precision", "close", "sentimentMean", "sentimentCount"),
    ...deliveryColumns<FeatureVector>(({ asOf }) => asOf),
  ],
};
