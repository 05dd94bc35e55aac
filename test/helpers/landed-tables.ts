/** The tables that the landing fills, as they are declared. */
import type { SqlType } from "../../pipelines/landing/sql-type.js";
import type { LandedTopic } from "../../schemas/topics.js";
import { barsTable } from "../../pipelines/landing/tables/bars.js";
import { featuresTable } from "../../pipelines/landing/tables/features.js";
import { forecastLedgerTable } from "../../pipelines/landing/tables/forecast-ledger.js";
import { forecastsTable } from "../../pipelines/landing/tables/forecasts.js";
import { marketContextTable } from "../../pipelines/landing/tables/market-context.js";
import { newsTable } from "../../pipelines/landing/tables/news.js";
import { scoresTable } from "../../pipelines/landing/tables/scores.js";
import { sentimentTable } from "../../pipelines/landing/tables/sentiment.js";
import { signalsTable } from "../../pipelines/landing/tables/signals.js";

export interface LandedTable {
  readonly name: string;
  readonly topic: LandedTopic;
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[];
}

export const landedTables: readonly LandedTable[] = [
  newsTable,
  barsTable,
  sentimentTable,
  marketContextTable,
  featuresTable,
  scoresTable,
  forecastLedgerTable,
  forecastsTable,
  signalsTable,
];
