/**
 * Brings record batches to the leaders of their partitions, each exactly once.
 *
 * A batch gets its sequence number when it is made and keeps it, and its bytes, for as long as it is tried: the broker, or the
 * one that leads the partition after it, knows a batch that it has written already and answers as if it had just done so
 * (KIP-98). Of one partition one batch is on its way at a time. Each leader gets a request of its own, and its answer on a
 * partition counts for that partition alone: a batch that was written is never sent again with others that were not, and one
 * whose partition has moved is sent to where it moved.
 */
import { BrokerFault } from "../cluster/internals.js";
import type { NewRecord } from "../types.js";
import { UnansweredError, type Brokers } from "../cluster/brokers.js";
import { byTopic } from "../cluster/by-topic.js";
import { pauseBefore } from "../cluster/persist.js";
import { requests, type ProduceMessage, type ProducerIdentity } from "../cluster/requests.js";

/** With a time stamp of its own where the broker keeps the one that is given. */
export type TimedRecord = NewRecord & { readonly timestamp?: number };

/** Records of one partition with the number of the first among all that the producer has written there. */
export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly firstSequence: number;
  readonly messages: readonly ProduceMessage[];
}

/** Where a batch was written. */
export interface Written {
  readonly topic: string;
  readonly partition: number;
  readonly baseOffset: number;
}

export interface WriterOptions extends ProducerIdentity {
  readonly transactionalId: string | null;
  /** How long a batch is tried. */
  readonly withinMs: number;
}

/** ms that a leader waits for its replicas before it answers REQUEST_TIMED_OUT; the batch is then sent again. */
const replicasWithinMs = 10_000;
/** A topic that was just made is not known to every broker at once; one that does not exist never will be. */
const unknownTopicMs = 15_000;

const written = new Set([0, 46]); // 46: DUPLICATE_SEQUENCE_NUMBER, an earlier attempt came through
const unknownTopic = 3;
/** Sequence numbers are 31 bits wide, and begin again at 0. */
export const sequenceAfter = (first: number, count: number): number => (first + count) % 2 ** 31;

/**
 * LEADER_NOT_AVAILABLE, NOT_LEADER_FOR_PARTITION, REQUEST_TIMED_OUT, NETWORK_EXCEPTION, NOT_ENOUGH_REPLICAS (the coordinator's
 * word is still on its way, too), NOT_ENOUGH_REPLICAS_AFTER_APPEND, CONCURRENT_TRANSACTIONS, KAFKA_STORAGE_ERROR,
 * FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH: after each of them the same batch can be sent again.
 */
const passing = new Set([unknownTopic, 5, 6, 7, 13, 19, 20, 51, 56, 74, 75]);
const outOfOrder = 45;

export class SequencedWriter {
  readonly #next = new Map<string, number>();
  #isSpent = false;

  constructor(
    private readonly brokers: Pick<Brokers, "leaderOf" | "refresh" | "ask">,
    private readonly options: WriterOptions,
  ) {}

  /** True after a failure: which batches were written is not known, and no sequence number can follow. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** Makes one batch a partition, each with its sequence numbers. They must be delivered next, and in this order. */
  seal(records: readonly TimedRecord[]): Batch[] {
    if (this.#isSpent) throw new Error("the writer has failed before, and needs a new producer id");
    const byPartition = new Map<string, { topic: string; partition: number; messages: ProduceMessage[] }>();
    for (const { topic, partition, key, value, headers, timestamp } of records) {
      const place = `${topic}/${partition}`;
      let entry = byPartition.get(place);
      if (!entry) byPartition.set(place, (entry = { topic, partition, messages: [] }));
      entry.messages.push({
        key,
        value,
        ...(headers && { headers }),
        ...(timestamp !== undefined && { timestamp: String(timestamp) }),
      });
    }
    return [...byPartition].map(([place, entry]) => {
      const firstSequence = this.#next.get(place) ?? 0;
      this.#next.set(place, sequenceAfter(firstSequence, entry.messages.length));
      return { ...entry, firstSequence };
    });
  }

  /**
   * Resolves when all in-sync replicas have the batches. Calls must not overlap.
   *
   * In a transaction a request without an answer ends the attempt: the transaction has to be given up, since what was
   * sent may be done after its end.
   */
  async deliver(batches: readonly Batch[]): Promise<Written[]> {
    try {
      return await this.#deliver(batches);
    } catch (error) {
      this.#isSpent = true;
      throw error;
    }
  }

  async #deliver(batches: readonly Batch[]): Promise<Written[]> {
    const started = performance.now();
    const done: Written[] = [];
    let waiting = batches;
    for (let tries = 0; waiting.length > 0; tries += 1) {
      if (tries > 0) await pauseBefore(tries - 1);
      if (tries > 0 || waiting.some((batch) => this.brokers.leaderOf(batch) === undefined))
        await this.#refresh(waiting);
      const attempts = await Promise.all(this.#byLeader(waiting).map((group) => this.#attempt(group)));
      done.push(...attempts.flatMap((attempt) => attempt.written));
      // Only now, when nothing is under way any more.
      for (const { failure } of attempts) if (failure) throw failure;
      waiting = attempts.flatMap((attempt) => attempt.waiting);
      const elapsed = performance.now() - started;
      for (const { fault } of attempts) if (fault && elapsed > patience(fault, this.options.withinMs)) throw fault;
    }
    return done;
  }

  /** What cannot be requested now is requested again by the next attempt. */
  async #refresh(batches: readonly Batch[]): Promise<void> {
    try {
      await this.brokers.refresh([...new Set(batches.map(({ topic }) => topic))]);
    } catch (error) {
      if (!(error instanceof UnansweredError)) throw error;
    }
  }

  #byLeader(batches: readonly Batch[]): { leader: number | undefined; batches: Batch[] }[] {
    const groups = new Map<number | undefined, Batch[]>();
    for (const batch of batches) {
      const leader = this.brokers.leaderOf(batch);
      const group = groups.get(leader);
      if (group) group.push(batch);
      else groups.set(leader, [batch]);
    }
    return [...groups].map(([leader, group]) => ({ leader, batches: group }));
  }

  /** One request to one leader. `failure` ends the delivery; `fault` is why some batches wait. */
  async #attempt({ leader, batches }: { leader: number | undefined; batches: readonly Batch[] }): Promise<Attempt> {
    if (leader === undefined) {
      return { written: [], waiting: batches, fault: new BrokerFault(5, placesOf(batches)) };
    }
    try {
      const answers = await this.#ask(leader, batches);
      return judge(batches, answers);
    } catch (error) {
      if (!(error instanceof UnansweredError)) return { written: [], waiting: [], failure: error as Error };
      const isGivenUp = this.options.transactionalId !== null && error.isSent;
      return { written: [], waiting: batches, fault: error, ...(isGivenUp && { failure: error }) };
    }
  }

  /** The answer of each partition, by its place. */
  async #ask(leader: number, batches: readonly Batch[]): Promise<ReadonlyMap<string, Answer>> {
    const { transactionalId, producerId, producerEpoch } = this.options;
    const answer = await this.brokers.ask(leader, requests.produce, {
      transactionalId,
      producerId,
      producerEpoch,
      acks: -1,
      timeout: replicasWithinMs,
      compression: 0,
      topicData: byTopic(batches, (batch) => batch),
    });
    return new Map(
      answer.topics.flatMap(({ topicName, partitions }) =>
        partitions.map((partition): [string, Answer] => [`${topicName}/${partition.partition}`, partition]),
      ),
    );
  }
}

interface Answer {
  readonly errorCode: number;
  readonly baseOffset: string;
}

interface Attempt {
  readonly written: readonly Written[];
  readonly waiting: readonly Batch[];
  readonly fault?: Error;
  readonly failure?: Error;
}

function judge(batches: readonly Batch[], answers: ReadonlyMap<string, Answer>): Attempt {
  const done: Written[] = [];
  const waiting: Batch[] = [];
  let fault: Error | undefined;
  let failure: Error | undefined;
  for (const batch of batches) {
    const { topic, partition } = batch;
    const answer = answers.get(`${topic}/${partition}`);
    if (!answer) failure = new Error(`the broker has not answered for ${topic}/${partition}`);
    else if (written.has(answer.errorCode)) done.push({ topic, partition, baseOffset: Number(answer.baseOffset) });
    else if (passing.has(answer.errorCode)) {
      waiting.push(batch);
      fault = new BrokerFault(answer.errorCode, `${topic}/${partition}`);
    } else failure = refused(answer.errorCode, batch);
  }
  return { written: done, waiting, ...(fault && { fault }), ...(failure && { failure }) };
}

function refused(code: number, { topic, partition, messages }: Batch): Error {
  const what = `${topic}/${partition}, ${messages.length} records`;
  if (code !== outOfOrder) return new BrokerFault(code, what);
  // The number before ours was acknowledged by all in-sync replicas.
  return new BrokerFault(
    code,
    `${what}: the broker lacks records that were acknowledged before (fewer than two in-sync replicas, an unclean election, or deleted records)`,
  );
}

const patience = (fault: Error, withinMs: number): number =>
  fault instanceof BrokerFault && fault.code === unknownTopic ? Math.min(withinMs, unknownTopicMs) : withinMs;

const placesOf = (batches: readonly Batch[]): string =>
  batches.map(({ topic, partition }) => `${topic}/${partition}`).join(", ");
