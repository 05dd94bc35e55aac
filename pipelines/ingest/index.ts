/** Ingest: files and streams of news and bars into records. See README.md beside this file for the formats. */
export { ingestFile, type IngestOptions } from "./ingest.js";
export { readInterval, type Stamped } from "./bar-time.js";
export { MapOfTwo, parseColumnMap, type ColumnMap } from "./columns.js";
export { adjustedChoices, type Adjusted } from "./corporate-actions.js";
export { zoneOf } from "./moments.js";
export { withRejectsLog } from "./rejects-file.js";
export type { IngestKind, IngestRecords, LineOutcome, Rejection } from "./outcome.js";
export { ingestProgress, type IngestProgress, type ProgressState } from "./progress.js";
export type { ReadOptions } from "./read.js";
export type { FileFormat } from "./records.js";
export { readSorted, slices, type Slice, type SortedOptions, type SortedRecords } from "./sorted.js";
export type { Tagging } from "./news.js";
export { openPublisher, type Burst, type Publisher } from "./publisher.js";
export { Refusals, type IngestSummary } from "./summary.js";
export { parseCompanies, readCompanies, type CompanyNames } from "./tagging/company-list.js";
export { createTagger, type SymbolTagger } from "./tagging/tagger.js";
export { createUniverseTagger } from "./tagging/universe-tagger.js";
export {
  anySymbol,
  bundledUniverse,
  examineUniverse,
  isBundledFile,
  isListing,
  readUniverse,
  spellingsOf,
  universeOfSymbols,
  type FormerTicker,
  type Listing,
  type Moment,
  type Universe,
  type UniverseProblem,
  type Unlisted,
} from "./universe/index.js";
export type { SimulatedMinute } from "./simulation/minute.js";
export { defaultSimulationStart, simulateMinutes, type SimulationOptions } from "./simulation/simulate.js";
