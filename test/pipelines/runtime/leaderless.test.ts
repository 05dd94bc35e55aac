import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
// Loads KafkaJS as the pipeline has it.
import "../../../pipelines/runtime/kafka/kafkajs.js";
import { withLeaderless } from "../../../pipelines/runtime/kafka/leaderless.js";

interface Metadata {
  readonly topicMetadata: readonly {
    readonly topicErrorCode: number;
    readonly partitionMetadata: readonly { readonly partitionErrorCode: number; readonly leader: number }[];
  }[];
}
const { parse } = createRequire(import.meta.url)("kafkajs/src/protocol/requests/metadata/v6/response") as {
  parse: (metadata: Metadata) => Promise<Metadata>;
};
const answer = (partitionErrorCode: number, topicErrorCode = 0): Metadata => ({
  topicMetadata: [
    { topicErrorCode, partitionMetadata: [{ partitionErrorCode, leader: partitionErrorCode === 0 ? 1 : -1 }] },
  ],
});

test("a partition without a leader hides no others where topics are only listed", async () => {
  const seen = await withLeaderless(() => parse(answer(5)));
  assert.equal(seen.topicMetadata[0]?.partitionMetadata[0]?.leader, -1);
});

test("everybody else waits for a leader, and other faults stay what they are", async () => {
  await assert.rejects(parse(answer(5)), { type: "LEADER_NOT_AVAILABLE" });
  await assert.rejects(
    withLeaderless(() => parse(answer(0, 3))),
    { type: "UNKNOWN_TOPIC_OR_PARTITION" },
  );
  await assert.rejects(
    withLeaderless(() => parse(answer(29))),
    { type: "TOPIC_AUTHORIZATION_FAILED" },
  );
  assert.deepEqual(await parse(answer(0)), answer(0));
});
