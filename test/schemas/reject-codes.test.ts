/** Each code that the documentation names can be met. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { features } from "../../operators/features/operator.js";
import { forecasts } from "../../operators/forecasts/operator.js";
import { market } from "../../operators/market/market.js";
import type { Operator } from "../../operators/operator.js";
import { scoresOperator } from "../../operators/scores/scores.js";
import { RecordCodec } from "../../pipelines/runtime/codec.js";
import { namesUnder } from "../../pipelines/runtime/names.js";
import { CrashWatch, type CrashNote } from "../../pipelines/runtime/stage/crash-watch.js";
import { InputQueue } from "../../pipelines/runtime/stage/input-queue.js";
import { takeMerged } from "../../pipelines/runtime/stage/merge.js";
import { processBatch, rejected, type ProcessContext } from "../../pipelines/runtime/stage/process-batch.js";
import { StateStore } from "../../pipelines/runtime/stage/state-store.js";
import type { Bar } from "../../schemas/generated/types.js";
import { rejectHeaders } from "../../schemas/headers.js";
import type { RejectCode } from "../../schemas/reject-codes.js";
import { countOperator, countStage, sentimentOf } from "../helpers/count-stage.js";
import { MemoryRegistry } from "../helpers/memory-registry.js";
import { MemoryState } from "../helpers/memory-state.js";
import { bar, sentiment, sessionCloses } from "../helpers/records.js";
import { mixedEvents, services } from "../operators/features/events.js";
import { RecordingScorer, routers, vector } from "../operators/scores/fakes.js";
import { brokenBars, brokenNews, fileOf } from "../pipelines/ingest/helpers/broken-files.js";
import { barHeader, barLine, outcomesOf, verdict } from "../pipelines/ingest/helpers/lines-of.js";

/** What ingest makes of the files with broken lines. */
async function ofLines(code: RejectCode): Promise<boolean> {
  const files = { news: brokenNews, bars: brokenBars };
  for (const kind of ["news", "bars"] as const) {
    const outcomes = await outcomesOf(kind, fileOf(files[kind]));
    if (outcomes.some((outcome) => verdict(outcome) === code)) return true;
  }
  return false;
}

/** What ingest and the stages that read bars make of this one. */
async function ofCalendar(code: RejectCode, fields: Partial<Bar>): Promise<boolean> {
  const input = { topic: "market.bars" as const, record: bar(fields) };
  const stages = [
    features.process([input], new MemoryState(), services),
    market.process([input], new MemoryState(), services),
    forecasts.process([input], new MemoryState(), services),
  ];
  const date = new Date(input.record.eventTime).toISOString().slice(0, 10);
  const options = { calendarOf: () => input.record.calendar, now: () => Date.UTC(2030, 0, 1) };
  const lines = await outcomesOf("bars", `${barHeader}\n${barLine({ date })}\n`, options);
  const isRefused = lines.some((line) => verdict(line) === code);
  return isRefused && stages.every(([outcome]) => outcome?.kind === "reject" && outcome.code === code);
}
/** Whether the last line is refused. */
const ofBars = async (...lines: string[]): Promise<boolean> =>
  (await outcomesOf("bars", lines.join("\n"))).at(-1)?.outcome === "rejected";

/** What a stage makes of one record in its input. */
async function inStage(value?: Buffer, operator: Operator<never, never> = countOperator as never) {
  const registry = new MemoryRegistry();
  const codec = await RecordCodec.open<never>(registry.client, "in", "news.sentiment.avsc");
  const output = await RecordCodec.open<never>(registry.client, "out", "features.avsc");
  const stored = {
    topic: "news.sentiment",
    partition: 1,
    offset: 0,
    timestamp: 0,
    key: "S0",
    value: value ?? codec.encode(sentimentOf(0, 1) as never),
    headers: {},
  };
  const queue = new InputQueue("news.sentiment", "news.sentiment", 1, codec);
  queue.reset(0, 1, { stopAtEnd: false });
  queue.push({ topic: "news.sentiment", partition: 1, fetchedOffset: 0, nextOffset: 1, records: [stored] });
  const batch = await takeMerged([queue], 1);
  const context: ProcessContext = {
    stage: countStage,
    names: namesUnder(""),
    operator: operator as never,
    partitions: 4,
    codecs: { features: output },
    services: {},
  };
  const state = new StateStore<unknown>();
  state.begin();
  return { context, batch, processed: await processBatch(context, state, batch) };
}

const codeOf = ({ processed }: Awaited<ReturnType<typeof inStage>>) =>
  processed[0]?.records[0]?.headers?.[rejectHeaders.code];

const failing: Operator<never, never> = {
  name: "failing",
  process: () => {
    throw new Error("this record is poison");
  },
};

/** A way to meet each code; a new code without one does not compile. */
const met: Record<RejectCode, () => Promise<boolean>> = {
  UNDECODABLE: async () => codeOf(await inStage(Buffer.from("not Avro"))) === "UNDECODABLE",
  MALFORMED_LINE: () => ofLines("MALFORMED_LINE"),
  MISSING_FIELD: () => ofLines("MISSING_FIELD"),
  INVALID_FIELD: () => ofLines("INVALID_FIELD"),
  INVALID_PRICE: () => ofLines("INVALID_PRICE"),
  INVALID_VOLUME: () => ofLines("INVALID_VOLUME"),
  INVALID_TIME: () => ofLines("INVALID_TIME"),
  UNKNOWN_CALENDAR: () => ofCalendar("UNKNOWN_CALENDAR", { calendar: "XXXX" }),
  BEYOND_CALENDAR: () => ofCalendar("BEYOND_CALENDAR", { calendar: "XSHG", eventTime: Date.UTC(2027, 0, 4, 7) }),
  EXCHANGE_CLOSED: () => ofLines("EXCHANGE_CLOSED"),
  STAMPED_AT_OPEN: () =>
    ofBars("symbol,time,interval,open,high,low,close,volume", "AAPL,2015-09-30T13:30:00Z,1m,1,1,1,1,1"),
  ADJUSTED_ALREADY: () =>
    ofBars("symbol,date,open,high,low,close,volume,split", "AAPL,2015-09-29,1,1,1,1,1,", "AAPL,2015-09-30,1,1,1,1,1,4"),
  TIME_IN_FUTURE: () => ofLines("TIME_IN_FUTURE"),
  UNKNOWN_SYMBOL: () => ofLines("UNKNOWN_SYMBOL"),
  TOO_LARGE: () => ofLines("TOO_LARGE"),
  DUPLICATE_ID: () => ofLines("DUPLICATE_ID"),
  BAR_TOO_OLD: async () => {
    const outcomes = features.process(mixedEvents(), new MemoryState(), services);
    return outcomes.some((outcome) => outcome.kind === "reject" && outcome.code === "BAR_TOO_OLD");
  },
  PRICE_OUT_OF_LINE: async () => {
    const [first = 0, second = 0] = sessionCloses(2);
    const inputs = [bar({ eventTime: first, close: 10 }), bar({ eventTime: second, close: 1000 })].map((record) => ({
      topic: "market.bars" as const,
      record,
    }));
    const [, outcome] = features.process(inputs, new MemoryState(), services);
    return outcome?.kind === "reject" && outcome.code === "PRICE_OUT_OF_LINE";
  },
  NOT_FINITE: async () => {
    const record = sentiment({ eventTime: 0, score: NaN });
    const [outcome] = features.process([{ topic: "news.sentiment", record }], new MemoryState(), services);
    return outcome?.kind === "reject" && outcome.code === "NOT_FINITE";
  },
  WRONG_FEATURE_SET: async () => {
    const models = routers({ move: new RecordingScorer("move") });
    const input = { topic: "features" as const, record: vector({ featureSet: "another" }) };
    const [outcome] = await scoresOperator.process([input], new MemoryState(), models);
    return outcome?.kind === "reject" && outcome.code === "WRONG_FEATURE_SET";
  },
  OPERATOR_FAILED: async () => codeOf(await inStage(undefined, failing)) === "OPERATOR_FAILED",
  PROCESS_CRASHED: async () => {
    const { context, batch } = await inStage();
    const [merged] = batch;
    if (!merged) return false;
    // Each life finds what the one before it noted, and ends while it works on the record.
    let note: CrashNote | undefined;
    for (let lives = 0; lives < 10; lives += 1) {
      const watch = new CrashWatch();
      watch.takenOver(note, 10);
      const reason = watch.verdict(merged);
      if (reason !== undefined) {
        assert.equal(lives, 4, "one that notices, then three attempts");
        const { records } = rejected(context, merged, "PROCESS_CRASHED", reason);
        return records[0]?.headers?.[rejectHeaders.code] === "PROCESS_CRASHED";
      }
      note = watch.note(batch);
    }
    return false;
  },
};

for (const [code, meet] of Object.entries(met)) {
  test(`${code} is met`, async () => assert.ok(await meet()));
}
