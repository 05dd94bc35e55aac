/** The requests that the pipeline makes itself, with their fields and those of the answers (https://kafka.apache.org/protocol). */
import type { toStoredRecord } from "../group-consumer.js";
import type { AbortedTransaction } from "../wire/aborted-transactions.js";
import { apiKeys, definitionOf, type RequestDefinition } from "./internals.js";

export interface RequestKind<Parameters, Answer> {
  readonly name: string;
  readonly apiKey: number;
  readonly definition: RequestDefinition<Parameters, Answer>;
  /** How long an answer is waited for, ms. */
  readonly withinMs: number;
}

/** A request that changes nothing soon goes to another broker. */
const questionMs = 5000;
/**
 * A broker that dies without a word is fenced by the controller after 9 s (its default), and until then a write waits for
 * the replica on it: less would give up writes that come through.
 */
const writeMs = 15_000;

/** @param name KafkaJS's */
function kind<Parameters, Answer>(name: string, withinMs: number): RequestKind<Parameters, Answer> {
  const apiKey = apiKeys[name];
  if (apiKey === undefined) throw new Error(`this version of KafkaJS has no request ${name}`);
  return { name, apiKey, definition: definitionOf<Parameters, Answer>(name), withinMs };
}

/** The producer of the request: the broker refuses every epoch but the newest. */
export interface ProducerIdentity {
  readonly producerId: string;
  readonly producerEpoch: number;
}

interface OfTransaction extends ProducerIdentity {
  readonly transactionalId: string;
}

export interface Coded {
  readonly errorCode: number;
}

export interface ProduceMessage {
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** ms since 1970, as text; without one the broker's clock counts. */
  readonly timestamp?: string;
}

/** A record as KafkaJS decodes it, of a control batch too. */
export type FetchedMessage = Parameters<typeof toStoredRecord>[2] & {
  readonly isControlRecord?: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
};

export interface FetchedPartition extends Coded {
  readonly partition: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly abortedTransactions?: readonly AbortedTransaction[];
  readonly messages: readonly FetchedMessage[];
}

export const requests = {
  apiVersions: kind<
    object,
    { readonly apiVersions: readonly { readonly apiKey: number; readonly maxVersion: number }[] }
  >("ApiVersions", questionMs),

  metadata: kind<
    { readonly topics: readonly string[]; readonly allowAutoTopicCreation: false },
    {
      readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
      readonly topicMetadata: readonly {
        readonly topicErrorCode: number;
        readonly topic: string;
        /** `leader` is −1 where there is none. */
        readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
      }[];
    }
  >("Metadata", questionMs),

  findCoordinator: kind<
    /** 0: of a consumer group; 1: of a transactional id. */
    { readonly groupId: string; readonly coordinatorType: 0 | 1 },
    Coded & { readonly coordinator: { readonly nodeId: number; readonly host: string; readonly port: number } }
  >("GroupCoordinator", questionMs),

  initProducerId: kind<
    { readonly transactionalId?: string; readonly transactionTimeout: number },
    Coded & ProducerIdentity
  >("InitProducerId", writeMs),

  addPartitions: kind<
    OfTransaction & { readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[] },
    {
      readonly errors: readonly {
        readonly topic: string;
        readonly partitionErrors: readonly (Coded & { readonly partition: number })[];
      }[];
    }
  >("AddPartitionsToTxn", writeMs),

  addOffsets: kind<OfTransaction & { readonly groupId: string }, Coded>("AddOffsetsToTxn", writeMs),

  commitOffsets: kind<
    OfTransaction & {
      readonly groupId: string;
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly {
          readonly partition: number;
          readonly offset: string;
          readonly metadata: string;
        }[];
      }[];
    },
    {
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly (Coded & { readonly partition: number })[];
      }[];
    }
  >("TxnOffsetCommit", writeMs),

  end: kind<OfTransaction & { readonly transactionResult: boolean }, Coded>("EndTxn", writeMs),

  fetchOffsets: kind<
    {
      readonly groupId: string;
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly { readonly partition: number }[];
      }[];
    },
    Partial<Coded> & {
      readonly responses: readonly {
        readonly topic: string;
        /** An offset of −1: none is committed. */
        readonly partitions: readonly (Coded & {
          readonly partition: number;
          readonly offset: string;
          readonly metadata: string | null;
        })[];
      }[];
    }
  >("OffsetFetch", questionMs),

  listOffsets: kind<
    {
      /** 0: to the end of the log as the replicas have it; 1: to the last stable offset. */
      readonly isolationLevel: 0 | 1;
      readonly topics: readonly {
        readonly topic: string;
        /** -1: the end; -2: the beginning. */
        readonly partitions: readonly { readonly partition: number; readonly timestamp: -1 | -2 }[];
      }[];
    },
    {
      readonly responses: readonly {
        readonly topic: string;
        readonly partitions: readonly (Coded & { readonly partition: number; readonly offset: string })[];
      }[];
    }
  >("ListOffsets", questionMs),

  fetch: kind<
    {
      readonly isolationLevel: 0 | 1;
      /** ms that the broker waits for records. */
      readonly maxWaitTime: number;
      readonly minBytes: number;
      readonly maxBytes: number;
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly {
          readonly partition: number;
          readonly fetchOffset: string;
          readonly maxBytes: number;
        }[];
      }[];
    },
    {
      readonly responses: readonly {
        readonly topicName: string;
        readonly partitions: readonly FetchedPartition[];
      }[];
    }
  >("Fetch", questionMs),

  produce: kind<
    ProducerIdentity & {
      readonly transactionalId: string | null;
      readonly acks: -1;
      /** ms that the leader waits for its replicas. */
      readonly timeout: number;
      readonly compression: 0;
      readonly topicData: readonly {
        readonly topic: string;
        readonly partitions: readonly {
          readonly partition: number;
          readonly firstSequence: number;
          readonly messages: readonly ProduceMessage[];
        }[];
      }[];
    },
    {
      readonly topics: readonly {
        readonly topicName: string;
        readonly partitions: readonly (Coded & { readonly partition: number; readonly baseOffset: string })[];
      }[];
    }
  >("Produce", writeMs),
};
