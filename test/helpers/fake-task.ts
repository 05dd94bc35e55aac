/** A task over made-up brokers: its requests, in order, and answers that a test decides on. */
import { RecordCodec } from "../../pipelines/runtime/codec.js";
import type { CommittedOffset, NewRecord, TopicPartition } from "../../pipelines/runtime/kafka/types.js";
import { createLogger } from "../../pipelines/runtime/logger.js";
import { namesUnder } from "../../pipelines/runtime/names.js";
import type { AnyStage } from "../../pipelines/runtime/stage/definition.js";
import type { TaskContext } from "../../pipelines/runtime/stage/task-context.js";
import { taskLayout } from "../../pipelines/runtime/stage/task-layout.js";
import { Task } from "../../pipelines/runtime/stage/task.js";
import type { NewsSentiment } from "../../schemas/generated/types.js";
import { countOperator, countStage, type CountState } from "./count-stage.js";
import { MemoryRegistry } from "./memory-registry.js";

export const partition = 2;
export const input = { topic: "news.sentiment", partition };

export interface Transaction {
  readonly records: readonly NewRecord[];
  readonly offsets: readonly CommittedOffset[];
}

export interface FakeBrokers {
  /** The requests, in order. */
  readonly asked: string[];
  readonly transactions: Transaction[];
  /** What the group has committed. */
  committed: CommittedOffset[];
  changelogEnd: number;
  inputEnd: number;
  /** Called before a transaction is committed: what it throws is what the broker answers. */
  onCommit: (transaction: Transaction) => void;
  onTakeOver: () => void;
}

const at = ({ topic, partition: number }: TopicPartition): string => `${topic}/${number}`;

/** The requests of a task to the brokers, answered out of `brokers`. */
function connections(brokers: FakeBrokers): Pick<TaskContext, "consumer" | "admin" | "createProducer"> {
  const { asked } = brokers;
  const bounds = (topic: string) => {
    const end = topic === input.topic ? brokers.inputEnd : brokers.changelogEnd;
    return Array.from({ length: 4 }, (_, number) => ({ partition: number, low: 0, end }));
  };
  return {
    consumer: {
      seek: (place, offset) => void asked.push(`seek ${at(place)} ${offset}`),
      pause: (places) => void asked.push(`pause ${places.map(at).join(" ")}`),
      resume: (places) => void asked.push(`resume ${places.map(at).join(" ")}`),
    },
    admin: {
      refresh: async () => undefined,
      offsets: async (topic) => {
        asked.push(`offsets of ${topic}`);
        return bounds(topic);
      },
      ends: async (topic) => new Map(bounds(topic).map((bound) => [bound.partition, bound.end])),
    },
    createProducer: () => ({
      takeOver: async () => {
        asked.push("fence");
        brokers.onTakeOver();
        return { committed: brokers.committed, changelogEnd: brokers.changelogEnd };
      },
      commit: async (records, _group, offsets) => {
        brokers.onCommit({ records, offsets });
        asked.push("commit");
        brokers.transactions.push({ records, offsets });
        brokers.committed = [...offsets];
      },
      close: async () => void asked.push("close producer"),
    }),
  };
}

export async function fakeTask(
  overrides: Partial<Omit<TaskContext, "stage" | "operator">> & {
    readonly operator?: typeof countOperator;
  } = {},
) {
  const registry = new MemoryRegistry().client;
  const sentiments = await RecordCodec.open<NewsSentiment>(registry, "news.sentiment", "news.sentiment.avsc");
  const features = await RecordCodec.open<never>(registry, "features", "features.avsc");
  const states = await RecordCodec.open<CountState>(registry, "count.state", "../test/fixtures/count.state.avsc");
  const brokers: FakeBrokers = {
    asked: [],
    transactions: [],
    committed: [],
    changelogEnd: 0,
    inputEnd: 0,
    onCommit: () => undefined,
    onTakeOver: () => undefined,
  };
  const fatal: Error[] = [];
  const drained: true[] = [];
  const stage: AnyStage = countStage;
  const context: TaskContext = {
    ...connections(brokers),
    stage,
    operator: countOperator,
    names: namesUnder(""),
    group: "newstape.count",
    partitions: 4,
    layout: taskLayout(stage, 4),
    codecs: { "news.sentiment": sentiments, features },
    stateCodec: states,
    services: {},
    isRepartitioned: () => false,
    batchRecords: 100,
    lingerMs: 0,
    drain: false,
    logger: createLogger("silent"),
    metrics: {
      takeOver: { observe: () => undefined },
      failures: { inc: () => void brokers.asked.push("start over") },
      committed: () => undefined,
      batch: () => undefined,
      held: () => undefined,
    },
    legitimate: async () => undefined,
    onFatal: (error) => void fatal.push(error),
    onDrained: () => void drained.push(true),
    ...overrides,
  };
  return { task: new Task(context, partition), context, brokers, sentiments, states, fatal, drained };
}

/** Records as the consumer hands them over, beginning at an offset. */
export function batchOf(place: TopicPartition, offset: number, values: readonly (readonly [string, Buffer | null])[]) {
  const records = values.map(([key, value], index) => ({
    ...place,
    offset: offset + index,
    timestamp: 0,
    key,
    value,
    headers: {},
  }));
  return { ...place, fetchedOffset: offset, nextOffset: offset + values.length, records };
}
