import type { Kafka } from "../kafka/client.js";
import { topics, type TopicName } from "../../../schemas/topics.js";
import { createSchemaRegistry, openCodecs, RecordCodec, subjectOf } from "../codec.js";
import { Completion } from "../completion.js";
import type { Config } from "../config.js";
import { ClusterAdmin } from "../kafka/admin.js";
import { GroupConsumer } from "../kafka/group-consumer.js";
import { TransactionalProducer } from "../kafka/producers.js";
import type { Logger } from "../logger.js";
import type { Metrics } from "../metrics.js";
import { namesUnder, type Names } from "../names.js";
import { logReject } from "../reject-record.js";
import { operatorOf, type AnyStage } from "./definition.js";
import { Membership } from "./membership.js";
import { StageTasks } from "./stage-tasks.js";
import { checkChangelog, commonPartitions } from "./stage-topics.js";
import { taskLayout, type TaskLayout } from "./task-layout.js";
import { Task } from "./task.js";
import type { TaskContext } from "./task-context.js";

/** What a stage runs with. */
export interface RunnerOptions {
  readonly config: Config;
  readonly kafka: Kafka;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** What operators use besides their inputs (models, by task); only what the stage names is looked up. */
  readonly services: unknown;
  /** Stop when everything that lay in the inputs has been processed. */
  readonly drain?: boolean;
  /** Replaces the tasks' producers: the fault tests strike inside a transaction. */
  readonly createProducer?: (transactionalId: string) => TransactionalProducer;
  /** Repartitioned inputs are sorted by a draining run; a test's own topics can be set here. */
  readonly isRepartitioned?: (topic: TopicName) => boolean;
}

/** A stage that runs in this process. */
export interface RunningStage {
  readonly stage: AnyStage;
  /** Rejects when the stage cannot go on; resolves after `stop`, or at the end of the inputs when draining. */
  readonly done: Promise<void>;
  /** True when every task held is past its take-over. */
  ready(): boolean;
  /** Records known to lie before its tasks. */
  lag(): number;
  tasks(): { partition: number; phase: string; lag: number }[];
  /** Ends after the transactions in work, and leaves the group. */
  stop(): Promise<void>;
}

/**
 * Runs one stage as a member of its consumer group: as many of its tasks as the group gives to this process.
 *
 * @returns once it has joined the group; what fails afterwards rejects `done`
 * @throws UserError when a topic or a schema is missing
 */
export async function runStage(stage: AnyStage, options: RunnerOptions): Promise<RunningStage> {
  const { config, kafka } = options;
  const logger = options.logger.child({ stage: stage.name });
  const metrics = options.metrics.forStage(stage.name);
  const admin = new ClusterAdmin(kafka);
  const opened = await open(stage, options, admin);
  const consumer = new GroupConsumer(
    kafka,
    {
      groupId: opened.group,
      topics: opened.subscribed,
      sessionTimeoutMs: config.sessionTimeoutMs,
      partitions: stage.partitions ?? "each",
    },
    logger,
  );
  const membership = new Membership();
  const completion = new Completion();
  const context = contextOf(stage, options, opened, {
    consumer,
    admin,
    logger,
    metrics,
    legitimate: () => membership.confirmed(),
    onFatal: (error) => completion.fail(error),
    onDrained: () => {
      if (tasks.areDrained) completion.succeed();
    },
  });
  const tasks = new StageTasks(opened.layout, (number) => new Task(context, number));
  await consumer.start({
    onAssigned: (assigned) => {
      membership.joined();
      tasks.assign(assigned);
      if (context.drain && tasks.areDrained) completion.succeed();
    },
    onBatch: (batch) => tasks.taskOf(batch.partition)?.accept(batch),
    onSkipped: (position) => tasks.taskOf(position.partition)?.skipped(position),
    onStale: (position) => tasks.taskOf(position.partition)?.seekAgain(position),
    onOutOfRange: (position) => tasks.taskOf(position.partition)?.outOfRange(position),
    onHeartbeat: () => membership.heartbeat(),
    onCrash: (error) => completion.fail(error),
  });
  const reporting = setInterval(() => metrics.held(tasks.size, tasks.lag), 1000);
  reporting.unref();
  return {
    stage,
    done: completion.done,
    lag: () => tasks.lag,
    ready: () => membership.isMember && tasks.areTakenOver,
    tasks: () => tasks.list(),
    stop: async () => {
      clearInterval(reporting);
      await tasks.close();
      await consumer.stop();
      await admin.close();
      completion.succeed();
    },
  };
}

/** What a stage needs of the cluster and of the registry before it can run. */
interface OpenedStage {
  readonly names: Names;
  readonly group: string;
  readonly subscribed: readonly string[];
  readonly partitions: number;
  readonly layout: TaskLayout;
  readonly codecs: TaskContext["codecs"];
  readonly stateCodec: TaskContext["stateCodec"];
}

/** @throws UserError when the topics are not as the stage needs them */
async function open(stage: AnyStage, { config }: RunnerOptions, admin: ClusterAdmin): Promise<OpenedStage> {
  const names = namesUnder(config.topicPrefix);
  const stageTopics = [...(stage.inputs as TopicName[]), ...(stage.outputs as TopicName[])];
  const registry = createSchemaRegistry(config);
  const codecs = await openCodecs(registry, stageTopics, names.topic);
  const changelog = names.changelog(stage.name);
  const stateCodec = stage.stateSchema
    ? await RecordCodec.open<unknown>(registry, subjectOf(changelog), stage.stateSchema)
    : undefined;
  const subscribed = [...(stage.inputs as TopicName[]).map(names.topic), ...(stateCodec ? [changelog] : [])];
  const partitions = await commonPartitions(admin, stageTopics.map(names.topic));
  const layout = taskLayout(stage, partitions);
  if (stateCodec) await checkChangelog(admin, changelog, layout.tasks);
  return { names, group: names.group(stage.name), subscribed, partitions, layout, codecs, stateCodec };
}

/** What comes of the running stage itself. */
type Surroundings = Pick<
  TaskContext,
  "consumer" | "admin" | "logger" | "metrics" | "legitimate" | "onFatal" | "onDrained"
>;

function contextOf(
  stage: AnyStage,
  options: RunnerOptions,
  { names, group, partitions, layout, codecs, stateCodec }: OpenedStage,
  surroundings: Surroundings,
): TaskContext {
  const { config, kafka } = options;
  return {
    ...surroundings,
    stage,
    operator: operatorOf(stage, config),
    names,
    group,
    partitions,
    layout,
    codecs,
    stateCodec,
    services: options.services,
    ...(stage.measure && { onOutcome: stage.measure({ metrics: options.metrics, logger: options.logger }) }),
    batchRecords: config.batchRecords ?? stage.batch.records,
    lingerMs: config.lingerMs,
    drain: options.drain ?? false,
    isRepartitioned: options.isRepartitioned ?? ((topic) => topics[topic].repartitioned),
    createProducer: (task) => {
      const id = names.transactionalId(stage.name, task);
      return options.createProducer?.(id) ?? new TransactionalProducer(kafka, id);
    },
    onReject: ({ entry }, code, reason) => logReject(surroundings.logger, entry.stored, { code, reason }),
  };
}
