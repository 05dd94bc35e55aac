import type { NewsSentiment, SentimentProbabilities } from "../../../schemas/generated/types.js";
import { column, deliveryColumns, fields, type Column } from "../column.js";
import { ledgerOf, type LedgerTable } from "../table.js";

const field = fields<NewsSentiment>();

const probabilities = (
  prefix: string,
  of: (record: NewsSentiment) => SentimentProbabilities | null,
): Column<NewsSentiment>[] =>
  (["negative", "neutral", "positive"] as const).map((name) =>
    column(`${prefix}_${name}`, "double precision", (record) => of(record)?.[name]),
  );

export const sentimentTable: LedgerTable<NewsSentiment> = {
  ...ledgerOf("news.sentiment"),
  columns: [
    ...field("text", "id", "articleId", "symbol", "origin", "label", "arm"),
    ...field("timestamptz", "eventTime", "asOf"),
    ...field("double precision", "score", "confidence", "vaderCompound"),
    ...field("boolean", "degraded"),
    ...probabilities("blend", ({ blend }) => blend),
    ...probabilities("transformer", ({ transformer }) => transformer),
    ...probabilities("vader", ({ vader }) => vader),
    // NULL where a record from before these fields would have nothing: its content hash stays what it was.
    column("fingerprint", "text", ({ fingerprint }) => fingerprint.toString("hex") || null),
    column("report", "boolean", ({ report }) => report || null),
    column("model_name", "text", ({ model }) => model?.name),
    column("model_version", "text", ({ model }) => model?.version),
    column("model_sha256", "text", ({ model }) => model?.sha256),
    ...deliveryColumns<NewsSentiment>(({ asOf }) => asOf),
  ],
};
