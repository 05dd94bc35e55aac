/**
 * The loop of the landing: topics → database, the offsets committed after the database has committed. At least once, and
 * the writes are idempotent, so that it comes to once. The database being away stops this loop and nothing else.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { lineageHeaders } from "../../schemas/headers.js";
import { landedTopics, topics, type LandedTopic, type TopicName, type TopicRecords } from "../../schemas/topics.js";
import { createSchemaRegistry, openCodecs, UndecodableError, type RecordCodec } from "../runtime/codec.js";
import type { Config } from "../runtime/config.js";
import { messageOf, UserError } from "../runtime/errors.js";
import { ClusterAdmin } from "../runtime/kafka/admin.js";
import type { Kafka } from "../runtime/kafka/client.js";
import { refusalOf } from "../runtime/kafka/errors.js";
import { GroupConsumer } from "../runtime/kafka/group-consumer.js";
import { PlainProducer } from "../runtime/kafka/producers.js";
import type { StoredRecord } from "../runtime/kafka/types.js";
import type { Logger } from "../runtime/logger.js";
import { namesUnder } from "../runtime/names.js";
import { confirmUnreadable, unreadable } from "../runtime/retention.js";
import { rejectRecord } from "../runtime/reject-record.js";
import { Signal } from "../runtime/stage/signal.js";
import type { LandedRecord, LandingBatch } from "./landed-record.js";
import type { LandingCounts } from "./landing-counts.js";
import { encodeReadCounts, readCountsOf, type ReadCounts } from "./landing-progress.js";
import { TopicWitness } from "./topic-witness.js";
import type { Witness } from "./witness.js";

export interface LandingOptions {
  readonly config: Config;
  readonly kafka: Kafka;
  readonly logger: Logger;
  /** Writes a batch in one database transaction; safe to repeat. Gives what became of each topic's records. */
  readonly write: (batch: LandingBatch, witness: Witness) => Promise<ReadonlyMap<LandedTopic, LandingCounts>>;
  /** Stop when everything that lay in the topics has landed. */
  readonly drain?: boolean;
}

export interface RunningLanding {
  readonly done: Promise<void>;
  ready(): boolean;
  lag(): number;
  stop(): Promise<void>;
}

/** Rows in one database transaction, and how many records may wait for it. */
const limits = { batch: 5000, pause: 20_000, resume: 10_000 };

/** Every partition of a topic that is broadcast holds the same records: those of the first one land, the others' pass. */
const isCopy = ({ name, partition }: Pick<Lane, "name" | "partition">): boolean =>
  topics[name].broadcast && partition > 0;

interface Lane {
  readonly name: TopicName;
  readonly topic: string;
  readonly partition: number;
  /** Next offset to be fetched. */
  next: number;
  /** Everything below has landed. */
  landed: number;
  /** What the topic held when the lane was assigned. */
  readonly low: number;
  readonly end: number;
  readonly buffered: StoredRecord[];
  /** Copies between `landed` and `next`, which are not buffered. */
  copies: number;
  /** Of everything below `landed`; undefined where that is not known. */
  counts: ReadCounts | undefined;
}

export async function runLanding(options: LandingOptions): Promise<RunningLanding> {
  const { config, kafka, logger } = options;
  const names = namesUnder(config.topicPrefix);
  const group = names.group("landing");
  const codecs = await openCodecs(createSchemaRegistry(config), landedTopics, names.topic);
  const admin = new ClusterAdmin(kafka);
  const rejects = new PlainProducer(kafka);
  const logical = new Map(landedTopics.map((name) => [names.topic(name), name]));
  const consumer = new GroupConsumer(
    kafka,
    { groupId: group, topics: [...logical.keys()], sessionTimeoutMs: config.sessionTimeoutMs },
    logger,
  );
  const signal = new Signal();
  const witness = new TopicWitness(
    kafka,
    names,
    codecs,
    (name, partition) => lanes.get(keyOf(names.topic(name), partition))?.low,
  );
  let lanes = new Map<string, Lane>();
  /** Of which it is being found out whether the broker still holds what comes next. */
  const confirming = new Set<Lane>();
  /** Rises with every assignment; what was begun under an older one must not move its positions. */
  let generation = 0;
  let isReady = false;
  let isPaused = false;
  let isStopped = false;
  let settle: { resolve(): void; reject(error: Error): void } | undefined;
  const done = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  done.catch(() => undefined);

  const keyOf = (topic: string, partition: number): string => `${topic}/${partition}`;
  const buffered = (): number => [...lanes.values()].reduce((sum, lane) => sum + lane.buffered.length, 0);

  const retryForever = async (attempt: () => Promise<void>, what: string, abandoned: () => boolean): Promise<void> => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (abandoned()) return;
        const fatal = error instanceof UserError ? error : refusalOf(error);
        if (fatal) throw fatal;
        logger.warn({ error: messageOf(error), tries }, `landing: ${what} failed; trying again`);
        await sleep(Math.min(5000, 200 * 2 ** Math.min(tries, 5)));
      }
    }
  };

  const assign = async (tasks: readonly number[], mine: number): Promise<void> => {
    const committed = new Map(
      (await admin.committed(group, [...logical.keys()])).map((entry) => [keyOf(entry.topic, entry.partition), entry]),
    );
    const assigned = new Map<string, Lane>();
    for (const [topic, name] of logical) {
      await admin.refresh(topic);
      const bounds = await admin.offsets(topic);
      // What the last transactions wrote may still lack their markers, and a drain reads it all the same.
      const ends = options.drain ? await admin.ends(topic) : undefined;
      for (const partition of tasks) {
        const bound = bounds[partition];
        if (!bound) throw new Error(`${topic} has no partition ${partition}`);
        const commit = committed.get(keyOf(topic, partition));
        const position = commit?.offset ?? bound.low;
        if (unreadable("landing", { topic, partition }, position, bound)) {
          const fault = await confirmUnreadable(admin, "landing", { topic, partition }, () => position);
          throw fault ?? new Error(`the broker did not know where ${topic}/${partition} ends`);
        }
        assigned.set(keyOf(topic, partition), {
          name,
          topic,
          partition,
          next: position,
          landed: position,
          low: bound.low,
          end: ends?.get(partition) ?? bound.end,
          buffered: [],
          copies: 0,
          counts: readCountsOf(commit, bound.low),
        });
      }
    }
    if (mine !== generation) return;
    lanes = assigned;
    for (const lane of lanes.values()) consumer.seek(lane, lane.next);
    consumer.resume([...lanes.values()]);
    isPaused = false;
    isReady = true;
    signal.notify();
  };

  const onAssigned = (tasks: readonly number[]): void => {
    generation += 1;
    isReady = false;
    lanes = new Map();
    consumer.pause([...logical.keys()].flatMap((topic) => tasks.map((partition) => ({ topic, partition }))));
    const mine = generation;
    void retryForever(
      () => assign(tasks, mine),
      "assigning",
      () => isStopped || mine !== generation,
    ).catch((error: Error) => settle?.reject(error));
  };

  /** The consumer jumped ahead: either it had not sought yet, or what comes next has been deleted. */
  const refuseDeleted = async (lane: Lane): Promise<void> => {
    if (confirming.has(lane)) return;
    confirming.add(lane);
    try {
      const fault = await confirmUnreadable(admin, "landing", lane, () => lane.next);
      if (fault && lanes.get(keyOf(lane.topic, lane.partition)) === lane) settle?.reject(fault);
    } catch (error) {
      logger.debug({ error: messageOf(error) }, "could not look at the low watermark");
    } finally {
      confirming.delete(lane);
    }
  };

  await consumer.start({
    onAssigned,
    onBatch: (batch) => {
      const lane = lanes.get(keyOf(batch.topic, batch.partition));
      if (!lane) return;
      if (batch.fetchedOffset > lane.next) {
        consumer.seek(lane, lane.next);
        void refuseDeleted(lane);
        return;
      }
      const records = batch.records.filter(({ offset }) => offset >= lane.next);
      if (isCopy(lane)) lane.copies += records.length;
      else for (const record of records) lane.buffered.push(record);
      lane.next = Math.max(lane.next, batch.nextOffset);
      if (!isPaused && buffered() >= limits.pause) {
        isPaused = true;
        consumer.pause([...lanes.values()]);
      }
      signal.notify();
    },
    onSkipped: ({ topic, partition, nextOffset }) => {
      const lane = lanes.get(keyOf(topic, partition));
      if (lane) lane.next = Math.max(lane.next, nextOffset);
      signal.notify();
    },
    onStale: ({ topic, partition }) => {
      const lane = lanes.get(keyOf(topic, partition));
      if (lane) consumer.seek(lane, lane.next);
    },
    onOutOfRange: ({ topic, partition }) => {
      const lane = lanes.get(keyOf(topic, partition));
      if (lane) void refuseDeleted(lane);
    },
    onHeartbeat: () => undefined,
    onCrash: (error) => settle?.reject(error),
  });

  const decode = async (lane: Lane, stored: StoredRecord): Promise<LandedRecord | UndecodableError> => {
    try {
      const codec = codecs[lane.name as keyof typeof codecs] as RecordCodec<TopicRecords[TopicName]>;
      const { partition, offset, timestamp, headers } = stored;
      const trigger = headers[lineageHeaders.trigger];
      return { record: await codec.read(stored.value), partition, offset, timestamp, trigger };
    } catch (error) {
      if (error instanceof UndecodableError) return error;
      throw error;
    }
  };

  /**
   * What cannot be decoded cannot land: it is kept in `landing.rejected`, and the rest goes on. Only when the database has
   * committed, or each attempt while it is away would reject anew; a crash before the offsets are committed still may.
   */
  const reject = async (refused: readonly (readonly [StoredRecord, UndecodableError])[]): Promise<void> => {
    const records = refused.map(([stored, { message: reason }]) => {
      const { topic, partition, offset } = stored;
      logger.warn({ topic, partition, offset, reason }, "rejected");
      return rejectRecord(names, config.partitions, stored, { stage: "landing", code: "UNDECODABLE", reason });
    });
    await rejects.send(records);
  };

  const landOnce = async (): Promise<boolean> => {
    const mine = generation;
    const taken: { lane: Lane; records: StoredRecord[]; copies: number; next: number }[] = [];
    let counts: ReadonlyMap<LandedTopic, LandingCounts> = new Map();
    const undecodable = new Map<Lane, number>();
    let room = limits.batch;
    for (const lane of lanes.values()) {
      const records = lane.buffered.slice(0, room);
      room -= records.length;
      const isAll = records.length === lane.buffered.length;
      const next = isAll ? lane.next : (records.at(-1)?.offset ?? lane.landed - 1) + 1;
      if (next > lane.landed) taken.push({ lane, records, copies: lane.copies, next });
      if (room === 0) break;
    }
    if (taken.length === 0) return false;
    await retryForever(
      async () => {
        const batch = new Map<TopicName, LandedRecord[]>();
        const refused: [StoredRecord, UndecodableError][] = [];
        undecodable.clear();
        for (const { lane, records } of taken) {
          const list = batch.get(lane.name) ?? [];
          batch.set(lane.name, list);
          for (const stored of records) {
            const decoded = await decode(lane, stored);
            if (decoded instanceof UndecodableError) {
              refused.push([stored, decoded]);
              undecodable.set(lane, (undecodable.get(lane) ?? 0) + 1);
            } else list.push(decoded);
          }
        }
        counts = await options.write(batch, witness);
        if (refused.length > 0) await reject(refused);
      },
      "writing",
      () => isStopped || mine !== generation,
    );
    if (isStopped || mine !== generation) return true;
    const twice = new Map([...counts].map(([name, found]) => [name as TopicName, found.twice]));
    const commits = taken.map(({ lane, records, copies, next }) => {
      const { topic, partition, name } = lane;
      // Of a topic, not of a partition: with the first of its lanes.
      const duplicate = twice.get(name) ?? 0;
      twice.delete(name);
      const reject = undecodable.get(lane) ?? 0;
      const read = lane.counts && {
        emit: lane.counts.emit + records.length + copies - duplicate - reject,
        duplicate: lane.counts.duplicate + duplicate,
        reject: lane.counts.reject + reject,
      };
      return { read, offset: { topic, partition, offset: next, ...(read && { metadata: encodeReadCounts(read) }) } };
    });
    try {
      await consumer.commit(commits.map(({ offset }) => offset));
    } catch (error) {
      // A rebalance came between: the next owner writes these rows again, to no effect.
      logger.info({ error: messageOf(error) }, "landing: offsets not committed");
      if (mine !== generation) return true;
    }
    taken.forEach(({ lane, records, copies, next }, index) => {
      lane.buffered.splice(0, records.length);
      lane.copies -= copies;
      lane.landed = next;
      lane.counts = commits[index]?.read;
    });
    if (isPaused && buffered() < limits.resume) {
      isPaused = false;
      consumer.resume([...lanes.values()]);
    }
    return true;
  };

  const loop = async (): Promise<void> => {
    while (!isStopped) {
      if (isReady && (await landOnce())) continue;
      if (options.drain && isReady && [...lanes.values()].every((lane) => lane.landed >= lane.end)) settle?.resolve();
      await signal.wait();
    }
  };
  const finished = loop().catch((error: unknown) =>
    settle?.reject(error instanceof Error ? error : new Error(String(error))),
  );

  return {
    done,
    ready: () => isReady,
    lag: () =>
      [...lanes.values()].reduce((sum, lane) => sum + lane.buffered.length + Math.max(0, lane.end - lane.next), 0),
    stop: async () => {
      isStopped = true;
      signal.notify();
      await finished;
      await consumer.stop();
      await rejects.close();
      await witness.close().catch(() => undefined);
      await admin.close();
      settle?.resolve();
    },
  };
}
