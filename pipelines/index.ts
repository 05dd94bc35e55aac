/** The library: `import { … } from "newstape"`. */
export type * from "../schemas/generated/types.js";
export { topicNames, topics, type TopicDefinition, type TopicName, type TopicRecords } from "../schemas/topics.js";
export { rejectCodes, type RejectCode } from "../schemas/reject-codes.js";
export * from "../operators/operator.js";
export { recordId } from "../operators/record-id.js";
export { nyse } from "../operators/calendar/nyse.js";
export type { ExchangeCalendar, Session, Span } from "../operators/calendar/calendar.js";
export { calendarByName, registerCalendar } from "../operators/calendar/calendars.js";
export { loadSentimentClassifier, type LoadedSentimentClassifier } from "../models/runtime/sentiment-classifier.js";
export {
  analyzeSentiment,
  openSentimentAnalyzer,
  type AnalyzerOptions,
  type SentimentAnalysis,
  type SentimentAnalyzer,
} from "./offline/analyze-sentiment.js";
export { loadVectorScorer, type LoadedVectorScorer } from "../models/runtime/vector-scorer.js";
export type { Closable, LoadOptions } from "../models/runtime/artifact.js";
export type * from "../models/runtime/types.js";
export type { ModelTask } from "../models/tasks.js";
export { TransientError } from "../schemas/transient-error.js";
export {
  ingestFile,
  isListing,
  readUniverse,
  type IngestKind,
  type IngestOptions,
  type IngestRecords,
  type IngestSummary,
  type ReadOptions,
  type Rejection,
  type FormerTicker,
  type Listing,
  type Moment,
  type Universe,
  type Unlisted,
} from "./ingest/index.js";
export { simulateMinutes, type SimulatedMinute, type SimulationOptions } from "./ingest/index.js";
export { readConfig, type PipelineConfig } from "./config.js";
export type { Config } from "./runtime/config.js";
export { UserError } from "./runtime/errors.js";
export { createSchemaRegistry, openCodecs, RecordCodec, subjectOf, UndecodableError } from "./runtime/codec.js";
export { ClusterAdmin } from "./runtime/kafka/admin.js";
export { createKafka, type Kafka } from "./runtime/kafka/client.js";
export { createLogger, type Logger } from "./runtime/logger.js";
export { Metrics, type MetricDefinition } from "./runtime/metrics.js";
export { defineStage, type StageDefinition } from "./runtime/stage/definition.js";
export { runStage, type RunnerOptions, type RunningStage } from "./runtime/stage/runner.js";
export { startModelService, type ModelService, type ModelServiceOptions } from "./serving/model-service.js";
export { startPipeline, type PipelineOptions, type RunningPipeline } from "./pipeline.js";
export { stages } from "./stages/index.js";
