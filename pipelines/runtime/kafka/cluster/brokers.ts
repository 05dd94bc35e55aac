/**
 * The cluster as it is now: who leads which partition, who coordinates what, and one connection to each of them.
 * Every answer is handed back whole, so that one broker's answer on a partition is never attributed to another.
 */
import { BrokerFault, createCluster, type Broker, type Cluster } from "./internals.js";
import type { Kafka } from "../client.js";
import { shuffled } from "../shuffled.js";
import type { TopicPartition } from "../types.js";
import { persist } from "./persist.js";
import { requests, type ProducerIdentity, type RequestKind } from "./requests.js";

/**
 * A request without an answer: the connection broke, or the time was up. What was sent may still be done, at any
 * later time.
 */
export class UnansweredError extends Error {
  override readonly name = "UnansweredError";

  constructor(
    what: string,
    /** False when the request never left: it can be sent again without a second thought. */
    readonly isSent: boolean,
    cause: unknown,
  ) {
    super(`${what}: no answer${reasonOf(cause)}`, { cause });
  }
}

/** The innermost reason: a refused connection, a name that cannot be resolved, a certificate. */
function reasonOf(cause: unknown): string {
  let innermost: Error | undefined;
  for (let at = cause; at instanceof Error; at = at.cause) innermost = at;
  return innermost ? ` (${innermost.message})` : "";
}

interface Address {
  readonly host: string;
  readonly port: number;
}

type CoordinatorOf = "group" | "transaction";
const coordinatorTypes = { group: 0, transaction: 1 } as const;

export class Brokers {
  readonly #cluster: Cluster;
  readonly #nodes = new Map<number, Broker>();
  /** A broker of the configured list: it answers for the cluster until the first metadata name all. */
  #seed: Broker | undefined;
  readonly #leaders = new Map<string, Map<number, number>>();
  readonly #coordinators = new Map<string, number>();
  /** Calls that come while a broker is being connected to wait for the same connection, and fail with it. */
  readonly #connecting = new WeakMap<Broker, Promise<void>>();
  /** Brokers whose request versions are known. */
  readonly #greeted = new WeakSet<Broker>();
  /** Requests that a broker has not answered yet: it works on one at a time of a connection. */
  readonly #underWay = new Map<Broker, number>();
  #isClosed = false;

  constructor(kafka: Kafka) {
    this.#cluster = createCluster(kafka);
  }

  /** The broker that leads the partition as far as is known, or undefined: refresh, and ask again. */
  leaderOf({ topic, partition }: TopicPartition): number | undefined {
    const leader = this.#leaders.get(topic)?.get(partition);
    return leader !== undefined && this.#nodes.has(leader) ? leader : undefined;
  }

  /** Partitions of the topic, as far as is known. */
  partitionsOf(topic: string): number[] {
    return [...(this.#leaders.get(topic)?.keys() ?? [])].sort((a, b) => a - b);
  }

  /** Looks up which brokers lead the partitions of these topics; a topic that the broker does not know has no leaders then. */
  async refresh(topics: readonly string[]): Promise<void> {
    const { brokers, topicMetadata } = await this.askAny(requests.metadata, { topics, allowAutoTopicCreation: false });
    for (const { nodeId, ...address } of brokers) await this.#know(nodeId, address);
    const present = new Set(brokers.map(({ nodeId }) => nodeId));
    for (const [nodeId, broker] of this.#nodes) if (!present.has(nodeId)) this.#discard(nodeId, broker);
    for (const { topic, topicErrorCode, partitionMetadata } of topicMetadata) {
      if (refusals.has(topicErrorCode)) throw new BrokerFault(topicErrorCode, topic);
      this.#leaders.set(topic, new Map(partitionMetadata.map(({ partitionId, leader }) => [partitionId, leader])));
    }
  }

  /** Number of the broker that coordinates the group or the transactional id; remembered until `forget`. */
  async coordinator(of: CoordinatorOf, id: string): Promise<number> {
    const key = `${of} ${id}`;
    const known = this.#coordinators.get(key);
    if (known !== undefined && this.#nodes.has(known)) return known;
    const { errorCode, coordinator } = await this.askAny(requests.findCoordinator, {
      groupId: id,
      coordinatorType: coordinatorTypes[of],
    });
    if (errorCode !== 0) throw new BrokerFault(errorCode, `coordinator of ${id}`);
    await this.#know(coordinator.nodeId, coordinator);
    this.#coordinators.set(key, coordinator.nodeId);
    return coordinator.nodeId;
  }

  forget(of: CoordinatorOf, id: string): void {
    this.#coordinators.delete(`${of} ${id}`);
  }

  /** @throws UnansweredError also where the broker is not known: it has left the cluster */
  async ask<Parameters, Answer>(
    nodeId: number,
    kind: RequestKind<Parameters, Answer>,
    parameters: Parameters,
  ): Promise<Answer> {
    const broker = this.#nodes.get(nodeId);
    if (!broker) throw new UnansweredError(`${kind.name} to broker ${nodeId}`, false, undefined);
    return this.#send(broker, kind, parameters);
  }

  /** A producer id that was never used. */
  async newProducerId(): Promise<ProducerIdentity> {
    // The time-out is of transactions, which such a producer has none of.
    const answer = await this.askAny(requests.initProducerId, { transactionTimeout: 60_000 });
    if (answer.errorCode !== 0) throw new BrokerFault(answer.errorCode, "a new producer id");
    return answer;
  }

  /** Request numbers with the highest version that a broker supports. */
  async versions(): Promise<ReadonlyMap<number, number>> {
    const { apiVersions } = await persist(
      () => this.askAny(requests.apiVersions, {}),
      (error) => error instanceof UnansweredError,
      20_000,
    );
    return new Map(apiVersions.map(({ apiKey, maxVersion }) => [apiKey, maxVersion]));
  }

  close(): void {
    this.#isClosed = true;
    for (const [nodeId, broker] of this.#nodes) this.#discard(nodeId, broker);
    if (this.#seed) breakOff(this.#seed);
  }

  /**
   * For what may be asked twice: questions that change nothing, and changes that twice do what once does. Connected brokers first, each time in another order: a broker that was away for a while
   * may answer with what it knew then. Those that are busy come last: a question behind a write waits for it.
   */
  async askAny<Parameters, Answer>(kind: RequestKind<Parameters, Answer>, parameters: Parameters): Promise<Answer> {
    const rank = (broker: Broker): number => (this.#underWay.has(broker) ? 2 : 0) + (broker.isConnected() ? 0 : 1);
    const known = shuffled([...this.#nodes.values()]).sort((a, b) => rank(a) - rank(b));
    for (const broker of known) {
      try {
        return await this.#send(broker, kind, parameters);
      } catch (error) {
        if (!(error instanceof UnansweredError)) throw error;
      }
    }
    // The brokers of the configured list in turn, one each time.
    const seed = this.#seed ?? this.#create(await this.#cluster.connectionPoolBuilder.build());
    // Another question may have been as fast.
    if (this.#seed && this.#seed !== seed) return this.askAny(kind, parameters);
    this.#seed = seed;
    try {
      return await this.#send(seed, kind, parameters);
    } catch (error) {
      breakOff(seed);
      if (this.#seed === seed) this.#seed = undefined;
      if (!(error instanceof UnansweredError)) throw error;
      // It can be repeated, whether it arrived or not.
      throw new UnansweredError(`${kind.name} to any broker`, false, error);
    }
  }

  async #send<Parameters, Answer>(
    broker: Broker,
    { name, apiKey, definition, withinMs }: RequestKind<Parameters, Answer>,
    parameters: Parameters,
  ): Promise<Answer> {
    const { host, port } = broker.connectionPool;
    const what = `${name} to ${host}:${port}`;
    if (this.#isClosed) throw new Error(`${what}: the connections were closed`);
    let isSent = false;
    let isGivenUp = false;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not within ${withinMs} ms`)), withinMs);
    });
    const answer = async (): Promise<Answer> => {
      await this.#connect(broker);
      if (isGivenUp || this.#isClosed || !this.#isCurrent(broker)) {
        // Its answer is no longer awaited, and nothing else would close the connection.
        breakOff(broker);
        throw new Error("given up meanwhile");
      }
      const { request, response } = broker.lookupRequest(apiKey, definition)(parameters);
      isSent = true;
      // The codes in the answer are the caller's to read.
      return broker.connectionPool.send({
        request,
        response: { decode: (bytes) => response.decode(bytes), parse: asItIs },
      });
    };
    this.#underWay.set(broker, (this.#underWay.get(broker) ?? 0) + 1);
    try {
      return await Promise.race([answer(), timeout]);
    } catch (error) {
      isGivenUp = true;
      if (isFinal(error)) throw error;
      await this.#renew(broker);
      throw new UnansweredError(what, isSent && !isNeverSent(error), error);
    } finally {
      clearTimeout(timer);
      const left = (this.#underWay.get(broker) ?? 1) - 1;
      if (left > 0) this.#underWay.set(broker, left);
      else this.#underWay.delete(broker);
    }
  }

  async #connect(broker: Broker): Promise<void> {
    if (this.#greeted.has(broker) && broker.isConnected()) return;
    const known = this.#connecting.get(broker);
    if (known) return known;
    const connecting = broker
      .connect()
      .then(() => void this.#greeted.add(broker))
      .finally(() => this.#connecting.delete(broker));
    this.#connecting.set(broker, connecting);
    return connecting;
  }

  #isCurrent(broker: Broker): boolean {
    return broker === this.#seed || [...this.#nodes.values()].includes(broker);
  }

  async #know(nodeId: number, { host, port }: Address): Promise<void> {
    const known = this.#nodes.get(nodeId);
    if (known?.connectionPool.host === host && known.connectionPool.port === port) return;
    const broker = this.#create(await this.#cluster.connectionPoolBuilder.build({ host, port }));
    // Another question may have been as fast: what it has put there may be in use.
    if (this.#nodes.get(nodeId) !== known) return;
    if (known) this.#discard(nodeId, known);
    this.#nodes.set(nodeId, broker);
  }

  /** KafkaJS's connection that broke keeps the part of an answer that had come; another one takes its place. */
  async #renew(broker: Broker): Promise<void> {
    breakOff(broker);
    const { host, port } = broker.connectionPool;
    const nodeId = [...this.#nodes].find(([, known]) => known === broker)?.[0];
    if (nodeId === undefined) return;
    const next = this.#create(await this.#cluster.connectionPoolBuilder.build({ host, port }));
    if (this.#nodes.get(nodeId) === broker) this.#nodes.set(nodeId, next);
  }

  /** Each broker is asked for its own versions: in the middle of an upgrade they differ. */
  #create(connectionPool: unknown): Broker {
    return this.#cluster.brokerPool.createBroker({ connectionPool, logger: this.#cluster.rootLogger });
  }

  #discard(nodeId: number, broker: Broker): void {
    this.#nodes.delete(nodeId);
    breakOff(broker);
  }
}

/** Access rights and malformed names: no retry mends them. */
const refusals = new Set([17, 29, 30, 31, 53]);

const asItIs = async <Answer>(answer: Answer): Promise<Answer> => answer;

/** Ends the connections at once. KafkaJS would wait for the answers that are due, from a frozen broker for half a minute. */
function breakOff({ connectionPool }: Broker): void {
  for (const connection of connectionPool.pool) {
    connection.rejectRequests(new Error("the connection was given up"));
    connection.socket?.destroy();
    void connection.disconnect().catch(() => undefined);
  }
}

/** A refused password, a request that the broker does not know, a fault of our own: no other broker would answer otherwise. */
function isFinal(error: unknown): boolean {
  const { name } = error as Error;
  return (
    name === "KafkaJSSASLAuthenticationError" ||
    name === "KafkaJSServerDoesNotSupportApiKey" ||
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError
  );
}

function isNeverSent(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return code === "ECONNREFUSED" || message === "Not connected";
}
