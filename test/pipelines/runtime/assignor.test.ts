import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cluster, PartitionAssigner } from "kafkajs";
import { coPartitionAssigner, singleTaskAssigner } from "../../../pipelines/runtime/kafka/assignor.js";
import { AssignerProtocol } from "../../../pipelines/runtime/kafka/kafkajs.js";

const topics = ["market.bars", "market.state"];

/** What each member is given, by topic; members are named with the tasks that they hold when they join. */
async function assign(
  assigner: (owned: () => readonly number[]) => PartitionAssigner,
  counts: Readonly<Record<string, number>>,
  members: Readonly<Record<string, readonly number[]>>,
): Promise<Record<string, Record<string, number[]>>> {
  const cluster = {
    findTopicPartitionMetadata: (topic: string) => Array.from({ length: counts[topic] ?? 0 }),
  } as unknown as Cluster;
  const of = (owned: readonly number[]) => assigner(() => owned)({ cluster, groupId: "group", logger: {} as never });
  const given = await of([]).assign({
    topics,
    members: Object.entries(members).map(([memberId, owned]) => ({
      memberId,
      memberMetadata: of(owned).protocol({ topics }).metadata,
    })),
  });
  return Object.fromEntries(
    given.map(({ memberId, memberAssignment }) => [
      memberId,
      AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {},
    ]),
  );
}

const counts = { "market.bars": 3, "market.state": 1 };
const everything = { "market.bars": [0, 1, 2], "market.state": [0] };
const nothing = { "market.bars": [], "market.state": [] };

test("one member has every partition of every topic, and the others stand by", async () => {
  assert.deepEqual(await assign(singleTaskAssigner, counts, { a: [], b: [] }), { a: everything, b: nothing });
});

test("the one task stays with the member that has it, whoever joins", async () => {
  assert.deepEqual(await assign(singleTaskAssigner, counts, { a: [], b: [0], c: [] }), {
    a: nothing,
    b: everything,
    c: nothing,
  });
});

test("partitions of one number lie with one member, as they lay before; topics that differ in number are refused", async () => {
  const equal = { "market.bars": 3, "market.state": 3 };
  const given = await assign(coPartitionAssigner, equal, { a: [], b: [2] });
  assert.deepEqual(given.b?.["market.bars"], given.b?.["market.state"]);
  assert.ok(given.b?.["market.bars"]?.includes(2));
  assert.deepEqual([given.a, given.b].flatMap((of) => of?.["market.bars"] ?? []).sort(), [0, 1, 2]);
  await assert.rejects(
    assign(coPartitionAssigner, counts, { a: [] }),
    /differ in partitions: market.bars 3, market.state 1/,
  );
});
