/**
 * A broker that hangs keeps its connections. KafkaJS 2.2.4 waits 30 s for each answer, repeats the request to the same broker over the same
 * connection, with the same metadata, and a heartbeat never looks for another coordinator: a frozen coordinator
 * stops a consumer for half an hour, a frozen leader stops its partitions for five minutes, one that refuses connections stops
 * all partitions until it is out of the metadata. Here a request that is not answered ends its connection, and what one broker
 * cannot give is looked for anew while the fetches from the others go on.
 */
import { setTimeout as sleep } from "node:timers/promises";

interface SocketRequest {
  readonly entry: { readonly apiKey: number; readonly apiName: string };
  requestTimeout: number;
  timeoutRequest(): void;
}

interface RequestQueue {
  createSocketRequest(this: RequestQueue, pushed: { readonly requestTimeout?: number | null }): SocketRequest;
}

interface Connection {
  readonly host: string;
  readonly port: number;
  readonly socket?: { destroy(): void };
  readonly requestQueue: RequestQueue;
  connect(this: Connection): Promise<unknown>;
  disconnect(this: Connection): Promise<unknown>;
  rejectRequests(error: Error): void;
}

interface Broker {
  readonly brokerAddress: string;
  connect(this: Broker): Promise<void>;
}

interface ConsumerGroup {
  readonly cluster: { refreshMetadata(): Promise<void> };
  heartbeat(this: ConsumerGroup, options: object): Promise<void>;
  recoverFromFetch(this: ConsumerGroup, error: Fault): Promise<void>;
}

interface OffsetManager {
  readonly groupId: string;
  readonly cluster: { findGroupCoordinator(of: { groupId: string }): Promise<unknown> };
  coordinator: unknown;
  commitOffsets(this: OffsetManager, offsets: object): Promise<void>;
}

type Fault = Error & { readonly type?: string };

interface Errors {
  KafkaJSConnectionClosedError: new (message: string, place: { host: string; port: number }) => Error;
  KafkaJSConnectionError: new (message: string, place: { broker: string }) => Error;
  KafkaJSProtocolError: new (fault: { message: string; type: string; code: number; retriable: boolean }) => Error;
}

/**
 * How long an answer is waited for, ms, by number of the request: Fetch, ListOffsets, Metadata, OffsetCommit, OffsetFetch,
 * FindCoordinator, JoinGroup, Heartbeat, LeaveGroup, SaslHandshake, ApiVersions, SaslAuthenticate. The others keep KafkaJS's
 * 30 s: they change something, or wait for replicas.
 */
const patience = new Map([
  [1, 10_000],
  [2, 5000],
  [3, 5000],
  [8, 10_000],
  [9, 5000],
  [10, 5000],
  [11, 5000],
  [12, 5000],
  [13, 5000],
  [17, 5000],
  [18, 3000],
  [36, 5000],
]);
/** Fetch and JoinGroup: the broker waits by the request itself, and that time comes on top. */
const waitsItself = new Set([1, 11]);
/** KafkaJS looks so often. Looks are counted, not seconds: a process that was stopped and goes on has missed no answer. */
const lookEveryMs = 100;

const unreachable = new Set([
  "KafkaJSConnectionError",
  "KafkaJSConnectionClosedError",
  "KafkaJSRequestTimeoutError",
  "KafkaJSLockTimeout",
  "KafkaJSBrokerNotFound",
]);
/** Faults of one partition or one broker: another leader, or another moment, has none of them. */
const passing = new Set([
  "LEADER_NOT_AVAILABLE",
  "NOT_LEADER_FOR_PARTITION",
  "FENCED_LEADER_EPOCH",
  "UNKNOWN_LEADER_EPOCH",
  "REPLICA_NOT_AVAILABLE",
  "KAFKA_STORAGE_ERROR",
  "OFFSET_NOT_AVAILABLE",
  "LISTENER_NOT_FOUND",
  "UNKNOWN_TOPIC_OR_PARTITION",
  "REQUEST_TIMED_OUT",
]);
const pauseMs = 100;

/** @param require of the module that loads KafkaJS, so that it is the same copy */
export function dropSilentBrokers(require: NodeJS.Require): void {
  const errors = require("kafkajs/src/errors") as Errors;
  endSilentConnections(require, errors);
  passOverBrokersThatDoNotGreet(require, errors);
  const { prototype: group } = require("kafkajs/src/consumer/consumerGroup") as { prototype: ConsumerGroup };
  const { prototype: offsets } = require("kafkajs/src/consumer/offsetManager") as { prototype: OffsetManager };
  lookForAnotherCoordinator(group, errors);
  commitAtAnotherCoordinator(offsets);
  fetchFromTheOthers(group);
}

/** A request that is not answered in time ends its connection, and with it whatever else waits there. */
function endSilentConnections(require: NodeJS.Require, { KafkaJSConnectionClosedError }: Errors): void {
  const { prototype: queue } = require("kafkajs/src/network/requestQueue") as { prototype: RequestQueue };
  const { prototype: connection } = require("kafkajs/src/network/connection") as { prototype: Connection };
  const onSilence = new WeakMap<RequestQueue, (what: string) => void>();
  /* The originals are called below with their `this`. */
  /* eslint-disable @typescript-eslint/unbound-method */
  const { createSocketRequest } = queue;
  const { connect, disconnect } = connection;
  /* eslint-enable @typescript-eslint/unbound-method */
  queue.createSocketRequest = function (pushed) {
    const request = createSocketRequest.call(this, pushed);
    const { apiKey, apiName } = request.entry;
    const own = patience.get(apiKey);
    const within =
      own === undefined ? request.requestTimeout : own + (waitsItself.has(apiKey) ? (pushed.requestTimeout ?? 0) : 0);
    let looks = 0;
    Object.defineProperty(request, "requestTimeout", {
      get: () => ((looks += 1) * lookEveryMs >= within ? -1 : Infinity),
    });
    const alone = request.timeoutRequest.bind(request);
    request.timeoutRequest = () => (onSilence.get(this) ?? alone)(apiName);
    return request;
  };
  connection.connect = function () {
    const { host, port } = this;
    onSilence.set(this.requestQueue, (what) => {
      this.rejectRequests(new KafkaJSConnectionClosedError(`${what} was not answered`, { host, port }));
      this.socket?.destroy();
      void this.disconnect();
    });
    return connect.call(this);
  };
  // One end at a time: whoever waits for a broker that is away ends its connection, each with a listener of its own.
  const ending = new WeakMap<Connection, Promise<unknown>>();
  const end = async (of: Connection): Promise<unknown> => {
    try {
      return await disconnect.call(of);
    } finally {
      ending.delete(of);
      const { host, port } = of;
      // What was sent while the connection closed would wait for ever: its time is no longer checked.
      of.rejectRequests(new KafkaJSConnectionClosedError("Closed connection", { host, port }));
    }
  };
  connection.disconnect = function () {
    const ended = ending.get(this) ?? end(this);
    ending.set(this, ended);
    return ended;
  };
}

/** A broker that accepts the connection and does not answer counts as one that cannot be connected to: the next of the list is tried. */
function passOverBrokersThatDoNotGreet(
  require: NodeJS.Require,
  { KafkaJSConnectionError }: Pick<Errors, "KafkaJSConnectionError">,
): void {
  const { prototype: broker } = require("kafkajs/src/broker") as { prototype: Broker };
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { connect } = broker;
  broker.connect = async function () {
    try {
      await connect.call(this);
    } catch (error) {
      if ((error as Error).name !== "KafkaJSConnectionClosedError") throw error;
      throw new KafkaJSConnectionError((error as Error).message, { broker: this.brokerAddress });
    }
  };
}

/** A coordinator that does not answer is none: the member joins again, at the one that is now. */
function lookForAnotherCoordinator(
  group: ConsumerGroup,
  { KafkaJSProtocolError }: Pick<Errors, "KafkaJSProtocolError">,
): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { heartbeat } = group;
  group.heartbeat = async function (options) {
    try {
      await heartbeat.call(this, options);
    } catch (error) {
      const { name, message } = error as Error;
      if (!unreachable.has(name)) throw error;
      throw new KafkaJSProtocolError({
        message: `the coordinator is away: ${message}`,
        type: "NOT_COORDINATOR_FOR_GROUP",
        code: 16,
        retriable: true,
      });
    }
  };
}

/** Offsets are committed where the group is now; KafkaJS tries the former coordinator for most of a minute. */
function commitAtAnotherCoordinator(offsets: OffsetManager): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { commitOffsets } = offsets;
  offsets.commitOffsets = async function (committed) {
    try {
      await commitOffsets.call(this, committed);
    } catch (error) {
      const { name, type } = error as Fault;
      if (unreachable.has(name) || type === "NOT_COORDINATOR_FOR_GROUP")
        this.coordinator = await this.cluster.findGroupCoordinator({ groupId: this.groupId });
      // The caller tries again.
      throw error;
    }
  };
}

/** What one broker cannot give holds up no other: KafkaJS rejoins the group or begins all fetches anew. */
function fetchFromTheOthers(group: ConsumerGroup): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { recoverFromFetch } = group;
  group.recoverFromFetch = async function (error) {
    if (!unreachable.has(error.name) && !passing.has(error.type ?? "")) return recoverFromFetch.call(this, error);
    await sleep(pauseMs);
    await this.cluster.refreshMetadata();
  };
}
