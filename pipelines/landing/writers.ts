/** What lands where: a writer per topic. */
import type { Queryable } from "../../schemas/queryable.js";
import type { LandedTopic, TopicRecords } from "../../schemas/topics.js";
import type { LandedRecord } from "./landed-record.js";
import type { LandingCounts } from "./landing-counts.js";
import { ledgerWriter } from "./ledger-writer.js";
import { projectionWriter } from "./projection-writer.js";
import type { LedgerTable, ProjectionTable } from "./table.js";
import { barsTable } from "./tables/bars.js";
import { featuresTable } from "./tables/features.js";
import { forecastLedgerTable } from "./tables/forecast-ledger.js";
import { forecastsTable } from "./tables/forecasts.js";
import { marketContextTable } from "./tables/market-context.js";
import { newsTable } from "./tables/news.js";
import { scoresTable } from "./tables/scores.js";
import { sentimentTable } from "./tables/sentiment.js";
import { signalsTable } from "./tables/signals.js";
import type { Witness } from "./witness.js";

export interface TopicWriter<Content> {
  /** Tables that it writes; the counts are those of the first. */
  readonly tables: readonly string[];
  /** Lands records; to be called in a transaction, safe to repeat. */
  write(client: Queryable, batch: readonly LandedRecord<Content>[], witness?: Witness): Promise<LandingCounts>;
}

/** @param latest projection of what the ledger has accepted */
function toLedger<Content>(ledger: LedgerTable<Content>, latest?: ProjectionTable<Content>): TopicWriter<Content> {
  const writeLedger = ledgerWriter(ledger);
  const writeLatest = latest && projectionWriter(latest);
  return {
    tables: latest ? [ledger.name, latest.name] : [ledger.name],
    async write(client, batch, witness) {
      const { counts, accepted } = await writeLedger(client, batch, witness);
      if (writeLatest) await writeLatest(client, accepted);
      return counts;
    },
  };
}

function toProjection<Content>(table: ProjectionTable<Content>): TopicWriter<Content> {
  return { tables: [table.name], write: projectionWriter(table) };
}

export const writers: { readonly [Name in LandedTopic]: TopicWriter<TopicRecords[Name]> } = {
  "news.raw": toProjection(newsTable),
  "news.sentiment": toLedger(sentimentTable),
  "market.bars": toProjection(barsTable),
  "market.context": toLedger(marketContextTable),
  features: toLedger(featuresTable),
  scores: toLedger(scoresTable),
  forecasts: toLedger(forecastLedgerTable, forecastsTable),
  signals: toLedger(signalsTable),
};

/** Every table that landing writes. */
export const landingTables: readonly string[] = [
  ...Object.values(writers).flatMap(({ tables }) => tables),
  "landing_audit",
];
