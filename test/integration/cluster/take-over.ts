/**
 * A broker that was frozen goes on as if it still led: it answers what is in its buffers with its state of then. A task that takes
 * over must not go by that.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { readConfig } from "../../../pipelines/config.js";
import { ClusterAdmin } from "../../../pipelines/runtime/kafka/admin.js";
import { createKafka, type Kafka } from "../../../pipelines/runtime/kafka/client.js";
import { Brokers } from "../../../pipelines/runtime/kafka/cluster/brokers.js";
import { committedAt } from "../../../pipelines/runtime/kafka/cluster/offsets.js";
import { persist } from "../../../pipelines/runtime/kafka/cluster/persist.js";
import { requests } from "../../../pipelines/runtime/kafka/cluster/requests.js";
import { faultType } from "../../../pipelines/runtime/kafka/errors.js";
import { TransactionalProducer } from "../../../pipelines/runtime/kafka/producers.js";
import { createLogger } from "../../../pipelines/runtime/logger.js";
import type { KafkaCluster } from "../../helpers/kafka-cluster.js";

const changelog = "take-over.changelog";
const input = { topic: "take-over.input", partition: 0 };
/** The controller misses a broker of these clusters after 3 s; leaders move then. */
const untilMissedMs = 4000;

/** A name for whose coordinator `isRight` holds. */
async function nameWith(
  brokers: Brokers,
  of: "group" | "transaction",
  stem: string,
  isRight: (coordinator: number) => boolean,
): Promise<string> {
  for (let number = 0; ; number += 1) {
    const name = `${stem}-${number}`;
    // Kafka makes its own topics at the first look-up of a coordinator.
    const coordinator = await persist(
      () => brokers.coordinator(of, name),
      (error) => faultType(error) === "GROUP_COORDINATOR_NOT_AVAILABLE",
      30_000,
    );
    if (isRight(coordinator)) return name;
  }
}

export function testTakeOver(clusterOf: () => KafkaCluster): void {
  test("a take-over goes by no coordinator and no leader that was frozen meanwhile", async (t) => {
    const cluster = clusterOf();
    const kafka: Kafka = createKafka(readConfig(cluster.environment), createLogger("silent"), "test");
    const admin = new ClusterAdmin(kafka);
    const brokers = new Brokers(kafka);
    t.after(async () => {
      brokers.close();
      await admin.close();
    });
    await admin.createTopics(
      [changelog, input.topic].map((name) => ({ name, partitions: 6, replication: 3, config: {} })),
    );
    await cluster.untilInSync();

    // Whom to freeze: the coordinator of the group, which leads the changelog's partition as well.
    const groupId = await nameWith(brokers, "group", "group", () => true);
    const frozen = await brokers.coordinator("group", groupId);
    await brokers.refresh([changelog]);
    const partition = brokers
      .partitionsOf(changelog)
      .find((one) => brokers.leaderOf({ topic: changelog, partition: one }) === frozen);
    assert.ok(partition !== undefined, "broker leads no partition of six");
    const place = { topic: changelog, partition };
    // The transactions' own coordinators are others: what is tried here is what is read.
    const idOf = (stem: string): Promise<string> => nameWith(brokers, "transaction", stem, (one) => one !== frozen);
    const ownId = await idOf("owner");
    const owner = new TransactionalProducer(kafka, ownId);
    // The same owner, on connections of its own: it would wait 15 s for the broker that it knows.
    const later = new TransactionalProducer(kafka, ownId);
    const next = new TransactionalProducer(kafka, await idOf("next"));
    t.after(() => Promise.all([owner.close(), later.close(), next.close()]));
    const commit = (producer: TransactionalProducer, offset: number): Promise<void> =>
      producer.commit([{ ...place, key: "state", value: Buffer.from(String(offset)) }], groupId, [
        { ...input, offset },
      ]);
    await owner.fence();
    await commit(owner, 1);
    const before = await next.takeOver(groupId, [input], place);
    assert.equal(before.committed[0]?.offset, 1);

    const node = cluster.nodes.find(({ id }) => id === frozen);
    assert.ok(node);
    await committedAt(brokers, frozen, groupId, [input]);
    node.freeze();
    await sleep(untilMissedMs);
    // Goes on at the new coordinator and the new leader; the first attempts may have to look for them.
    for (let tries = 0; ; tries += 1) {
      try {
        await later.fence();
        await commit(later, 2);
        break;
      } catch (error) {
        assert.ok(tries < 20, String(error));
        await sleep(200);
      }
    }
    // These requests wait in the buffers of the frozen broker, which both still take to lead.
    const stale = committedAt(brokers, frozen, groupId, [input]).then(
      ([committed]) => String(committed?.offset),
      (error: Error) => error.message,
    );
    const staleEnd = brokers
      .ask(frozen, requests.listOffsets, {
        isolationLevel: 1,
        topics: [{ topic: changelog, partitions: [{ partition, timestamp: -1 }] }],
      })
      .then(
        ({ responses }) => JSON.stringify(responses[0]?.partitions[0]),
        (error: Error) => error.message,
      );
    const takingOver = next.takeOver(groupId, [input], place);
    await sleep(500);
    node.thaw();
    const { committed, changelogEnd } = await takingOver;
    t.diagnostic(`the frozen broker answered: offset ${await stale}, end of the changelog ${await staleEnd}`);
    assert.equal(committed[0]?.offset, 2);
    const [end] = await Promise.all([admin.offsets(changelog)]);
    const stable = end.find((one) => one.partition === partition)?.end ?? 0;
    assert.ok(changelogEnd !== undefined && changelogEnd <= stable, `${changelogEnd} of ${stable}`);
    // Records of three transactions are below: the first state, the aborted mark of the first take-over, the second state.
    assert.ok(changelogEnd > (before.changelogEnd ?? 0) + 2, `${changelogEnd}, was ${before.changelogEnd}`);
  });
}
