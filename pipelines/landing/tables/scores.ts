import type { Score, TargetScore } from "../../../schemas/generated/types.js";
import { column, deliveryColumns, fields } from "../column.js";
import { ledgerOf, type LedgerTable } from "../table.js";

const field = fields<Score>();

/** Without `trained` where it has nothing to say: the content hash of rows from before stays what it was. */
function asBefore({ trained, ...target }: TargetScore): object {
  return trained === null ? target : { ...target, trained };
}

export const scoresTable: LedgerTable<Score> = {
  ...ledgerOf("scores"),
  columns: [
    ...field("text", "id", "symbol", "vectorId", "featureSet", "origin", "interval", "barId", "sentimentModel"),
    ...field("double precision[]", "values"),
    column("targets", "jsonb", ({ targets }) => targets.map(asBefore)),
    ...field("bigint", "sequence"),
    ...field("timestamptz", "eventTime", "asOf", "barTime"),
    ...field("double precision", "close", "sentimentMean", "sentimentCount"),
    ...deliveryColumns<Score>(({ asOf }) => asOf),
  ],
};
