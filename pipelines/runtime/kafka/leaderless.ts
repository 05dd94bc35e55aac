/**
 * KafkaJS 2.2.4 throws away a broker's answer on all topics when one partition of any of them, or of another user's, has no
 * leader: not even the topics can be listed then. What only lists topics runs within `withLeaderless`, and gets
 * such a partition with the leader -1. Everything else goes on waiting for a leader.
 */
import { AsyncLocalStorage } from "node:async_hooks";

interface Metadata {
  readonly topicMetadata: readonly {
    readonly partitionMetadata: { partitionErrorCode: number; leader: number }[];
  }[];
}
interface Response {
  parse: (metadata: Metadata) => Promise<Metadata>;
}

/** Versions of the request that KafkaJS supports. */
const versions = [0, 1, 2, 3, 4, 5, 6];
/** LEADER_NOT_AVAILABLE, REPLICA_NOT_AVAILABLE, LISTENER_NOT_FOUND: kafka.apache.org/protocol#protocol_error_codes */
const leaderless = new Set([5, 9, 72]);

const tolerant = new AsyncLocalStorage<true>();

/** @param ask may read metadata, and nothing that needs a leader */
export const withLeaderless = <Answer>(ask: () => Promise<Answer>): Promise<Answer> => tolerant.run(true, ask);

/** @param require of the module that loads KafkaJS, so that it is the same copy */
export function reportLeaderless(require: NodeJS.Require): void {
  for (const version of versions) {
    const response = require(`kafkajs/src/protocol/requests/metadata/v${version}/response`) as Response;
    const { parse } = response;
    response.parse = (metadata) => parse(tolerant.getStore() ? withoutFaults(metadata) : metadata);
  }
}

function withoutFaults(metadata: Metadata): Metadata {
  for (const { partitionMetadata } of metadata.topicMetadata) {
    for (const partition of partitionMetadata)
      if (leaderless.has(partition.partitionErrorCode)) partition.partitionErrorCode = 0;
  }
  return metadata;
}
