/**
 * One producer's side of the transaction protocol (KIP-98): its requests to the coordinators of its transactional id and of the
 * consumer group.
 *
 * What a coordinator has answered with a passing fault (it is busy with the transaction before, it has moved) was not done and
 * is requested again. What has no answer is not: it may still lie in the queue of a broker that is frozen, and be done when a
 * later transaction is open. The transaction is given up then, and the next producer's epoch shuts out whatever comes late.
 *
 * Except the commit. Once it was sent the transaction can only be brought to the same end: a coordinator that was killed and
 * comes back acts on a commit that stands in its own log alone, and writes markers of it before it learns that another broker
 * coordinates now, one that knows of no commit and would abort what the next producer finds open. Committed on some partitions
 * and aborted on others, the records would then be written twice. (Seen on Kafka 4.4, with brokers that were killed and came
 * back before the controller missed them.) So the commit is requested again until it is answered, for 30 s at most, and then
 * this session is over, because the first request may still come late.
 */
import { BrokerFault } from "../cluster/internals.js";
import type { CommittedOffset, TopicPartition } from "../types.js";
import { UnansweredError, type Brokers } from "../cluster/brokers.js";
import { byTopic } from "../cluster/by-topic.js";
import { coordinatorMoved } from "../cluster/coordinator-faults.js";
import { persist } from "../cluster/persist.js";
import { requests, type Coded, type ProducerIdentity, type RequestKind } from "../cluster/requests.js";

/** UNKNOWN_TOPIC_OR_PARTITION, REQUEST_TIMED_OUT, CONCURRENT_TRANSACTIONS, OPERATION_NOT_ATTEMPTED. */
const passing = new Set([3, 7, 51, 55, ...coordinatorMoved]);
const operationNotAttempted = 55;

/** How long one step of a transaction is tried: the broker aborts one that is open for longer (see `transactionTimeout`). */
const stepWithinMs = 30_000;
/** Taking over waits for the end of the transaction that the former owner left, and for a new coordinator. */
const initialiseWithinMs = 60_000;

type Coordinators = Pick<Brokers, "coordinator" | "forget" | "ask">;

export class TransactionSession {
  #partitions = new Set<string>();
  #hasOffsets = false;
  /** Something was added, or may have been. */
  #isOpen = false;
  #isOver = false;

  private constructor(
    private readonly brokers: Coordinators,
    readonly transactionalId: string,
    readonly identity: ProducerIdentity,
  ) {}

  /** True after a commit that was requested twice: its first request may still be done, when a later transaction is open. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Fences every earlier producer of this id, and ends what it left pending: by commit where it had decided so, else by abort. */
  static async initialise(
    brokers: Coordinators,
    transactionalId: string,
    transactionTimeout: number,
  ): Promise<TransactionSession> {
    const identity = await persist(
      async () => {
        try {
          const coordinator = await brokers.coordinator("transaction", transactionalId);
          const answer = await brokers.ask(coordinator, requests.initProducerId, {
            transactionalId,
            transactionTimeout,
          });
          if (answer.errorCode !== 0) throw new BrokerFault(answer.errorCode, transactionalId);
          return answer;
        } catch (error) {
          if (!isBusy(error)) brokers.forget("transaction", transactionalId);
          throw error;
        }
      },
      // To initialise twice only makes an epoch that is never used.
      (error) => error instanceof UnansweredError || (error instanceof BrokerFault && passing.has(error.code)),
      initialiseWithinMs,
    );
    return new TransactionSession(brokers, transactionalId, identity);
  }

  /** What is written to a partition before it was added is refused. */
  async addPartitions(partitions: Iterable<TopicPartition>): Promise<void> {
    const added = new Map<string, TopicPartition>();
    for (const place of partitions) {
      const name = `${place.topic}/${place.partition}`;
      if (!this.#partitions.has(name)) added.set(name, place);
    }
    if (added.size === 0) return;
    this.#isOpen = true;
    await this.#askCoordinator(
      requests.addPartitions,
      { topics: byTopic(added.values(), ({ partition }) => partition) },
      ({ errors }) =>
        errors.flatMap(({ topic, partitionErrors }) =>
          partitionErrors.map(({ partition, errorCode }) => ({ errorCode, of: `${topic}/${partition}` })),
        ),
    );
    for (const name of added.keys()) this.#partitions.add(name);
  }

  /** @returns the coordinator of the group that has taken them */
  async commitOffsets(groupId: string, offsets: readonly CommittedOffset[]): Promise<number> {
    if (!this.#hasOffsets) {
      this.#isOpen = true;
      await this.#askCoordinator(requests.addOffsets, { groupId }, ({ errorCode }) => [{ errorCode, of: groupId }]);
      this.#hasOffsets = true;
    }
    const topics = byTopic(offsets, ({ partition, offset, metadata = "" }) => ({
      partition,
      offset: String(offset),
      metadata,
    }));
    return this.#ask("group", groupId, requests.commitOffsets, { groupId, topics }, (answer) =>
      answer.topics.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, errorCode }) => ({ errorCode, of: `${groupId}, ${topic}/${partition}` })),
      ),
    );
  }

  /** A transaction to which nothing was added has nothing to end. */
  async end(outcome: "commit" | "abort"): Promise<void> {
    if (this.#isOpen) {
      const isCommit = outcome === "commit";
      await this.#askCoordinator(
        requests.end,
        { transactionResult: isCommit },
        ({ errorCode }) => [{ errorCode, of: this.transactionalId }],
        isCommit ? () => (this.#isOver = true) : undefined,
      );
    }
    this.#partitions = new Set();
    this.#hasOffsets = false;
    this.#isOpen = false;
  }

  /** Asks the coordinator of the transactional id. */
  #askCoordinator<Parameters extends object, Answer>(
    kind: RequestKind<Parameters, Answer>,
    parameters: Omit<Parameters, "transactionalId" | keyof ProducerIdentity>,
    codes: (answer: Answer) => readonly Code[],
    onRepeat?: () => void,
  ): Promise<number> {
    return this.#ask("transaction", this.transactionalId, kind, parameters, codes, onRepeat);
  }

  /** @param onRepeat called before a request that was sent and not answered is sent again; absent: it is not */
  async #ask<Parameters extends object, Answer>(
    of: "group" | "transaction",
    id: string,
    kind: RequestKind<Parameters, Answer>,
    parameters: Omit<Parameters, "transactionalId" | keyof ProducerIdentity>,
    codes: (answer: Answer) => readonly Code[],
    onRepeat?: () => void,
  ): Promise<number> {
    const { producerId, producerEpoch } = this.identity;
    const whole = { ...parameters, transactionalId: this.transactionalId, producerId, producerEpoch };
    return persist(
      async () => {
        try {
          const coordinator = await this.brokers.coordinator(of, id);
          throwFirst(codes(await this.brokers.ask(coordinator, kind, whole as unknown as Parameters)), kind.name);
          return coordinator;
        } catch (error) {
          if (!isBusy(error)) this.brokers.forget(of, id);
          throw error;
        }
      },
      (error) => {
        if (!(error instanceof UnansweredError)) return error instanceof BrokerFault && passing.has(error.code);
        if (error.isSent) onRepeat?.();
        return !error.isSent || onRepeat !== undefined;
      },
      stepWithinMs,
    );
  }
}

interface Code extends Coded {
  /** What it is the code of. */
  readonly of: string;
}

/** An error that only the right coordinator gives. */
const isBusy = (error: unknown): boolean => error instanceof BrokerFault && !coordinatorMoved.has(error.code);

/** Where one partition is refused the others are answered with OPERATION_NOT_ATTEMPTED, which is no cause. */
function throwFirst(codes: readonly Code[], name: string): void {
  const faults = codes.filter(({ errorCode }) => errorCode !== 0);
  const fault = faults.find(({ errorCode }) => errorCode !== operationNotAttempted) ?? faults[0];
  if (fault) throw new BrokerFault(fault.errorCode, `${name} of ${fault.of}`);
}
