/** A commit whose answer is lost: it is requested again, and whoever wrote goes on, or is refused where somebody else has taken over. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { HistoryLoader } from "../../../pipelines/operations/backfill/load.js";
import { BulkTransaction } from "../../../pipelines/runtime/kafka/bulk-transaction.js";
import { Brokers, UnansweredError } from "../../../pipelines/runtime/kafka/cluster/brokers.js";
import { isFenced } from "../../../pipelines/runtime/kafka/errors.js";
import type { NewRecord } from "../../../pipelines/runtime/kafka/types.js";
import { createTestCluster } from "../../helpers/kafka.js";
import { fixtureBars } from "../../helpers/records.js";

/** The answers of the next commits do not arrive. @returns how many are still to be lost */
function loseAnswers(t: TestContext, count: number): () => number {
  let left = count;
  // Called with its `this` below.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { ask } = Brokers.prototype;
  t.mock.method(Brokers.prototype, "ask", async function (this: Brokers, ...asked: Parameters<Brokers["ask"]>) {
    const answer = await ask.apply(this, asked);
    const [, { name }, parameters] = asked;
    if (name !== "EndTxn" || left === 0 || !(parameters as { transactionResult: boolean }).transactionResult)
      return answer;
    left -= 1;
    throw new UnansweredError(name, true, undefined);
  });
  return () => left;
}

test("a bulk producer goes on, and does not take its id back from one that has fenced it", async (t) => {
  const cluster = await createTestCluster(t, []);
  const { kafka, names } = cluster;
  const id = names.transactionalId("bulk", 0);
  const [one, other] = [new BulkTransaction(kafka, id), new BulkTransaction(kafka, id)];
  t.after(() => Promise.all([one.close(), other.close()]));
  const topic = names.topic("news.raw");
  const record = (key: string): NewRecord[] => [{ topic, partition: 0, key, value: Buffer.from(key) }];
  const left = loseAnswers(t, 1);
  await one.write(record("a1"));
  assert.equal(left(), 0);
  await one.write(record("a2"));
  await other.write(record("b1"));
  await assert.rejects(one.write(record("a3")), isFenced);
  await other.write(record("b2"));
  const written = await cluster.readAll(topic);
  assert.deepEqual(
    written.map(({ key }) => key),
    ["a1", "a2", "b1", "b2"],
  );
});

test("a loader of history goes on with what is committed", async (t) => {
  const cluster = await createTestCluster(t, []);
  const bars = fixtureBars("AAPL", 40);
  const loader = new HistoryLoader(cluster.config, cluster.kafka);
  t.after(() => loader.close());
  await loader.open();
  const left = loseAnswers(t, 2);
  const history = { identity: "h", bars, news: [] };
  await loader.load(history, { bars: 10, news: 0 });
  await loader.load(history, { bars: 40, news: 0 });
  assert.equal(left(), 0);
  assert.deepEqual(loader.loaded("h"), { news: 0, bars: 40 });
  assert.equal((await cluster.readAll(cluster.names.topic("market.bars"))).length, 40);
});
