import type { Kafka } from "../kafka/client.js";
import { topics, type TopicName } from "../../../schemas/topics.js";
import { createSchemaRegistry, openCodecs, RecordCodec, subjectOf } from "../codec.js";
import type { Config } from "../config.js";
import { UserError } from "../errors.js";
import { ClusterAdmin } from "../kafka/admin.js";
import { GroupConsumer } from "../kafka/group-consumer.js";
import { TransactionalProducer } from "../kafka/producers.js";
import type { Logger } from "../logger.js";
import type { Metrics } from "../metrics.js";
import { namesUnder } from "../names.js";
import { operatorOf, type AnyStage } from "./definition.js";
import { Membership } from "./membership.js";
import { taskLayout } from "./task-layout.js";
import { Task, type TaskContext } from "./task.js";

export interface RunnerOptions {
  readonly config: Config;
  readonly kafka: Kafka;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** What operators ask for besides their inputs (models, by task); only what the stage names is asked for. */
  readonly services: unknown;
  /** Stop when everything that lay in the inputs has been processed. */
  readonly drain?: boolean;
  /** Replaces the tasks' producers: the fault tests strike inside a transaction. */
  readonly createProducer?: (transactionalId: string) => TransactionalProducer;
  /** Repartitioned inputs are sorted by a draining run; a test's own topics can say so here. */
  readonly isRepartitioned?: (topic: TopicName) => boolean;
}

export interface RunningStage {
  readonly stage: AnyStage;
  /** Rejects when the stage cannot go on; resolves after `stop`, or at the end of the inputs when draining. */
  readonly done: Promise<void>;
  /** True when every task held is past its take-over. */
  ready(): boolean;
  lag(): number;
  tasks(): { partition: number; phase: string; lag: number }[];
  /** Ends after the transactions in work, and leaves the group. */
  stop(): Promise<void>;
}

/** Runs one stage as a member of its consumer group: as many of its tasks as the group gives to this process. */
export async function runStage(stage: AnyStage, options: RunnerOptions): Promise<RunningStage> {
  const { config, kafka } = options;
  const logger = options.logger.child({ stage: stage.name });
  const names = namesUnder(config.topicPrefix);
  const group = names.group(stage.name);
  const stageTopics = [...(stage.inputs as TopicName[]), ...(stage.outputs as TopicName[])];
  const registry = createSchemaRegistry(config);
  const codecs = await openCodecs(registry, stageTopics, names.topic);
  const changelog = names.changelog(stage.name);
  const stateCodec = stage.stateSchema
    ? await RecordCodec.open<unknown>(registry, subjectOf(changelog), stage.stateSchema)
    : undefined;
  const admin = new ClusterAdmin(kafka);
  const subscribed = [...(stage.inputs as TopicName[]).map(names.topic), ...(stateCodec ? [changelog] : [])];
  const partitions = await commonPartitions(admin, stageTopics.map(names.topic));
  const layout = taskLayout(stage, partitions);
  if (stateCodec) await checkChangelog(admin, changelog, layout.tasks);

  const consumer = new GroupConsumer(
    kafka,
    {
      groupId: group,
      topics: subscribed,
      sessionTimeoutMs: config.sessionTimeoutMs,
      partitions: stage.partitions ?? "each",
    },
    logger,
  );
  const membership = new Membership();
  const tasks = new Map<number, Task>();
  const closing = new Set<Promise<void>>();
  const metrics = options.metrics.forStage(stage.name);
  let settle: { resolve(): void; reject(error: Error): void } | undefined;
  const done = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  // A failure between two awaits of the caller is kept in `done`, not thrown into the void.
  done.catch(() => undefined);

  const isDrained = (): boolean => [...tasks.values()].every(({ phase }) => phase === "drained");
  const context: TaskContext = {
    stage,
    operator: operatorOf(stage, config),
    names,
    group,
    partitions,
    layout,
    codecs,
    stateCodec,
    services: options.services,
    consumer,
    admin,
    logger,
    metrics,
    ...(stage.measure && { onSaid: stage.measure(options.metrics) }),
    batchRecords: config.batchRecords ?? stage.batch.records,
    lingerMs: config.lingerMs,
    drain: options.drain ?? false,
    isRepartitioned: options.isRepartitioned ?? ((topic) => topics[topic].repartitioned),
    createProducer: (task) => {
      const id = names.transactionalId(stage.name, task);
      return options.createProducer?.(id) ?? new TransactionalProducer(kafka, id);
    },
    legitimate: () => membership.confirmed(),
    onReject: ({ entry }, code, reason) => {
      const { topic, partition, offset } = entry.stored;
      logger.warn({ code, reason, topic, partition, offset, trace: entry.stored.headers.traceparent }, "rejected");
    },
    onFatal: (error) => settle?.reject(error),
    onDrained: () => {
      if (isDrained()) settle?.resolve();
    },
  };

  const onAssigned = (assigned: readonly number[]): void => {
    membership.joined();
    for (const [number, task] of tasks) {
      if (assigned.includes(number)) continue;
      tasks.delete(number);
      const closed = task.close().finally(() => closing.delete(closed));
      closing.add(closed);
    }
    for (const number of assigned) {
      const kept = tasks.get(number);
      if (kept) {
        kept.rejoined();
        continue;
      }
      const task = new Task(context, number);
      tasks.set(number, task);
      task.start();
    }
    // A member without any task has nothing to drain.
    if (context.drain && isDrained()) settle?.resolve();
  };

  const taskOf = (partition: number): Task | undefined => tasks.get(layout.taskOf(partition));
  await consumer.start({
    onAssigned,
    onBatch: (batch) => taskOf(batch.partition)?.accept(batch),
    onSkipped: (position) => taskOf(position.partition)?.skipped(position),
    onStale: (position) => taskOf(position.partition)?.seekAgain(position),
    onOutOfRange: (position) => taskOf(position.partition)?.outOfRange(position),
    onHeartbeat: () => membership.heartbeat(),
    onCrash: (error) => settle?.reject(error),
  });

  const lag = (): number => [...tasks.values()].reduce((sum, task) => sum + task.lag, 0);
  const reporting = setInterval(() => metrics.held(tasks.size, lag()), 1000);
  reporting.unref();
  return {
    stage,
    done,
    lag,
    ready: () => membership.isMember && [...tasks.values()].every(({ phase }) => phase !== "taking over"),
    tasks: () => [...tasks.values()].map((task) => ({ partition: task.number, phase: task.phase, lag: task.lag })),
    stop: async () => {
      clearInterval(reporting);
      await Promise.all([...[...tasks.values()].map((task) => task.close()), ...closing]);
      await consumer.stop();
      await admin.close();
      settle?.resolve();
    },
  };
}

/** All inputs and outputs of a stage must have the same number of partitions, or equal keys would lie in different tasks. */
async function commonPartitions(admin: ClusterAdmin, topicNames: readonly string[]): Promise<number> {
  const existing = new Set(await admin.listTopics());
  const missing = topicNames.filter((topic) => !existing.has(topic));
  if (missing.length > 0) {
    throw new UserError(
      `These topics do not exist, or this user may not see them: ${missing.join(", ")}`,
      "Run `newstape topics apply`, on a broker with access rules `newstape topics apply --acls`.",
    );
  }
  const partitions = await admin.partitionCounts(topicNames);
  const counts = new Set(partitions.values());
  const [first] = counts;
  if (counts.size !== 1 || first === undefined) {
    const list = [...partitions].map(([name, count]) => `${name} ${count}`).join(", ");
    throw new UserError(
      `The topics of one stage differ in their number of partitions: ${list}`,
      "Give them the same number with `newstape topics plan`.",
    );
  }
  return first;
}

async function checkChangelog(admin: ClusterAdmin, changelog: string, tasks: number): Promise<void> {
  const existing = new Set(await admin.listTopics());
  if (!existing.has(changelog)) {
    throw new UserError(
      `The topic ${changelog} does not exist, or this user may not see it`,
      "Run `newstape topics apply`, on a broker with access rules `newstape topics apply --acls`.",
    );
  }
  const actual = (await admin.partitionCounts([changelog])).get(changelog);
  if (actual !== tasks) {
    throw new UserError(
      `${changelog} has ${actual} partitions, but the stage has ${tasks} ${tasks === 1 ? "task" : "tasks"}: one partition each is needed`,
      "`newstape topics plan` shows what differs.",
    );
  }
}
