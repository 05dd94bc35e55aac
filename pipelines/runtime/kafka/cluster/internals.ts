/**
 * The inside of KafkaJS 2.2.4 that the pipeline uses: its connections (TLS and SASL as configured), its encoding of requests
 * and the names of the broker's faults. KafkaJS offers no requests of one's own; the dependency is pinned, and these names
 * are those of that version.
 */
import { createRequire } from "node:module";
import type { Kafka } from "kafkajs";
// Its replacements must be in place before anything of KafkaJS is loaded.
import "../kafkajs.js";

const require = createRequire(import.meta.url);

/** What a request is made of; `parse` makes an error of a code in the answer. */
export interface ProtocolRequest<Answer> {
  readonly request: { readonly apiKey: number; readonly apiName: string };
  readonly response: {
    decode(bytes: Buffer): Promise<Answer>;
    parse(answer: Answer): Promise<Answer>;
  };
}

/** Makes requests of one kind, in the highest version that both sides support. */
export interface RequestDefinition<Parameters, Answer> {
  readonly versions: readonly string[];
  protocol(version: { version: number }): (parameters: Parameters) => ProtocolRequest<Answer>;
}

export interface Connection {
  readonly socket?: { destroy(): void };
  rejectRequests(error: Error): void;
  disconnect(): Promise<unknown>;
}

export interface Broker {
  readonly connectionPool: {
    readonly host: string;
    readonly port: number;
    readonly pool: readonly Connection[];
    send<Answer>(request: ProtocolRequest<Answer>): Promise<Answer>;
  };
  connect(): Promise<void>;
  isConnected(): boolean;
  lookupRequest<Parameters, Answer>(
    apiKey: number,
    definition: RequestDefinition<Parameters, Answer>,
  ): (parameters: Parameters) => ProtocolRequest<Answer>;
}

export interface Cluster {
  readonly connectionPoolBuilder: {
    /** Without a destination the next of the configured brokers. */
    build(destination?: { readonly host: string; readonly port: number }): Promise<unknown>;
  };
  readonly brokerPool: { createBroker(options: object): Broker };
  readonly rootLogger: unknown;
}

/** A cluster of the client's configuration, not yet connected. @param options as KafkaJS's `Cluster` has them */
export function createCluster<Inside = Cluster>(kafka: Kafka, options: object = {}): Inside {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === "private:Kafka:createCluster",
  );
  const create = symbol && (kafka as unknown as Record<symbol, ((options: object) => Inside) | undefined>)[symbol];
  if (!create) throw new Error("this version of KafkaJS has no createCluster");
  return create({ allowAutoTopicCreation: false, metadataMaxAge: 300_000, ...options });
}

const definitions = (require("kafkajs/src/protocol/requests") as { requests: Readonly<Record<string, unknown>> })
  .requests;

/** The definition of a request by KafkaJS's name for it. */
export const definitionOf = <Parameters, Answer>(name: string): RequestDefinition<Parameters, Answer> =>
  definitions[name] as RequestDefinition<Parameters, Answer>;

export const apiKeys = require("kafkajs/src/protocol/requests/apiKeys") as Readonly<Record<string, number>>;

const { errorCodes } = require("kafkajs/src/protocol/error") as {
  errorCodes: readonly { readonly code: number; readonly type: string; readonly message: string }[];
};

/** What KafkaJS does not know yet. */
const newerFaults = [
  { code: 89, type: "THROTTLING_QUOTA_EXCEEDED", message: "The quota of this client is exceeded" },
  { code: 90, type: "PRODUCER_FENCED", message: "Another producer has taken over the transactional id" },
  { code: 120, type: "TRANSACTION_ABORTABLE", message: "The transaction can only be aborted" },
];
const faults = new Map([...newerFaults, ...errorCodes].map((fault) => [fault.code, fault]));

/** A fault that the broker has answered with. */
export class BrokerFault extends Error {
  override readonly name = "BrokerFault";
  readonly type: string;

  /** @param reason the broker's own words, where the answer has some */
  constructor(
    readonly code: number,
    what: string,
    reason?: string,
  ) {
    const { type, message } = faults.get(code) ?? { type: `CODE_${code}`, message: "a fault without a name here" };
    super(`${what}: ${reason ?? message}`);
    this.type = type;
  }
}
