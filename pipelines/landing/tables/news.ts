import type { NewsArticle } from "../../../schemas/generated/types.js";
import { deliveryColumns, fields } from "../column.js";
import { projectionOf, type ProjectionTable } from "../table.js";

const field = fields<NewsArticle>();

export const newsTable: ProjectionTable<NewsArticle> = {
  ...projectionOf("news.raw"),
  key: ["id"],
  newer: ["available_at", "kafka_offset"],
  columns: [
    ...field("text", "id", "source", "sourceId", "url", "headline", "origin"),
    ...field("text[]", "symbols"),
    ...field("timestamptz", "eventTime", "availableAt"),
    ...deliveryColumns<NewsArticle>(({ availableAt }) => availableAt),
  ],
};
