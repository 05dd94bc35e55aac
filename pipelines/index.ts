/** The library: `import { … } from "newstape"`. */
export type * from "../schemas/generated/types.js";
export { topicNames, topics, type TopicDefinition, type TopicName, type TopicRecords } from "../schemas/topics.js";
export { rejectCodes, type RejectCode } from "../schemas/reject-codes.js";
export * from "../operators/operator.js";
export { recordId } from "../operators/record-id.js";
export { nyse } from "../operators/calendar/nyse.js";
export type { ExchangeCalendar } from "../operators/calendar/calendar.js";
export { calendarByName, registerCalendar } from "../operators/calendar/calendars.js";
export { loadSentimentClassifier } from "../models/runtime/sentiment-classifier.js";
export {
  analyzeSentiment,
  openSentimentAnalyzer,
  type AnalyzerOptions,
  type SentimentAnalysis,
  type SentimentAnalyzer,
} from "./offline/analyze-sentiment.js";
export { loadVectorScorer } from "../models/runtime/vector-scorer.js";
export type * from "../models/runtime/types.js";
export type { ModelTask } from "../models/tasks.js";
export { TransientError } from "../schemas/transient-error.js";
export { ingestFile, readSymbolList, type IngestOptions, type IngestSummary } from "./ingest/index.js";
export { simulateMinutes, type SimulatedMinute, type SimulationOptions } from "./ingest/index.js";
export { readConfig, type PipelineConfig as Config } from "./config.js";
export { UserError } from "./runtime/errors.js";
export { createSchemaRegistry, openCodecs, RecordCodec, subjectOf, UndecodableError } from "./runtime/codec.js";
export { createKafka } from "./runtime/kafka/client.js";
export { createLogger } from "./runtime/logger.js";
export { Metrics } from "./runtime/metrics.js";
export { defineStage, type StageDefinition } from "./runtime/stage/definition.js";
export { runStage, type RunnerOptions, type RunningStage } from "./runtime/stage/runner.js";
export { startModelService } from "./serving/model-service.js";
export { startPipeline } from "./pipeline.js";
export { stages } from "./stages/index.js";
