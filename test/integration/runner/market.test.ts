import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { marketStage } from "../../../pipelines/stages/market.js";
import { partitionOf } from "../../../pipelines/runtime/kafka/partition-of.js";
import type { Bar } from "../../../schemas/generated/types.js";
import { lineageHeaders } from "../../../schemas/headers.js";
import { startStageProcess } from "../../helpers/child.js";
import { until } from "../../helpers/count-load.js";
import { createTestCluster, type TestCluster } from "../../helpers/kafka.js";
import { marketAccounting, marketResult, undisturbed } from "../../helpers/market-load.js";
import { bar } from "../../helpers/records.js";
import { sliceBars } from "../../operators/market/events.js";

const stage = "--stage=market";
const symbols = Array.from({ length: 120 }, (_, index) => `S${index}`);

const minuteBars = (minute: number): Bar[] =>
  symbols.map((symbol, index) => {
    const eventTime = Date.UTC(2015, 0, 2, 15, minute);
    return bar({ symbol, interval: "1m", eventTime, close: 100 + Math.sin(minute * index), high: 102, low: 98 });
  });

/** Minute by minute, each when the one before has had its outcomes: then the result does not depend on the timing. */
async function publishMinutes(cluster: TestCluster, minutes: number): Promise<Bar[]> {
  const bars: Bar[] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    const section = minuteBars(minute);
    await cluster.publish("market.bars", section);
    bars.push(...section);
    await until(
      async () => (await marketAccounting(cluster)).inputs >= bars.length,
      `minute ${minute} has its outcomes`,
    );
  }
  return bars;
}

async function assertAccounted(cluster: TestCluster, inputs: number): Promise<void> {
  const { contexts } = await marketResult(cluster);
  const counted = await marketAccounting(cluster);
  assert.equal(counted.inputs, inputs, "one outcome per input");
  assert.equal(counted.outputs, contexts.flat().length, "every record written is counted, and none that was not");
}

for (const fault of ["kill -9", "SIGSTOP beyond the session time-out"] as const) {
  test(`one member has every partition; after ${fault} in mid-transaction the one standing by goes on`, async (t) => {
    const cluster = await createTestCluster(t, [marketStage], { NEWSTAPE_BATCH_RECORDS: "50" });
    const owner = startStageProcess(t, cluster.environment, [stage, "--hold=transaction"]);
    await owner.message(({ ready }) => ready === 1);
    const other = startStageProcess(t, cluster.environment, [stage]);
    await other.message(({ ready }) => ready === 0);
    const load = publishMinutes(cluster, 16);
    await owner.message(({ held }) => held === "transaction");
    if (fault === "kill -9") owner.signal("SIGKILL");
    else {
      owner.signal("SIGSTOP");
      await other.message(({ ready }) => ready === 1);
      owner.signal("SIGCONT");
    }
    const bars = await load;
    const members = fault === "kill -9" ? [other] : [owner, other];
    await until(async () => {
      const held = await Promise.all(members.map((member) => member.message(({ ready }) => ready !== undefined)));
      return held.reduce((sum, { ready }) => sum + (ready ?? 0), 0) === 1;
    }, "one member holds the task, and the other stands by as a working member");
    assert.deepEqual(await marketResult(cluster), await undisturbed(cluster, bars));
    await assertAccounted(cluster, bars.length);
  });
}

/** The order of a backfill: by availableAt, then partition, then offset. */
const merged = (cluster: TestCluster, bars: readonly Bar[]): Bar[] => {
  const partition = ({ symbol }: Bar): number => partitionOf(symbol, cluster.config.partitions);
  return bars.toSorted((a, b) => a.availableAt - b.availableAt || partition(a) - partition(b));
};

/** Real bars, with repeats, later corrections and bars that cannot be; sorted, as a backfill loads them. */
const history = sliceBars("2015-01-02", "2015-02-27")
  .flatMap((of, index) => {
    if (index % 97 === 0) return [of, of, bar({ ...of, availableAt: of.availableAt + 3_600_000, close: of.low })];
    return index % 301 === 5 ? [bar({ ...of, low: -1 }), of] : [of];
  })
  .sort((a, b) => a.availableAt - b.availableAt);

async function preloaded(t: TestContext, batchRecords: number): Promise<TestCluster> {
  const cluster = await createTestCluster(t, [marketStage], { NEWSTAPE_BATCH_RECORDS: String(batchRecords) });
  await cluster.publish("market.bars", history);
  return cluster;
}

test("a backfill gives the same bytes in every partition, whatever the batch limits, members and kills", async (t) => {
  const first = await preloaded(t, 5000);
  assert.equal(await startStageProcess(t, first.environment, [stage, "--drain"]).exited, 0);
  const reference = await marketResult(first);
  assert.deepEqual(reference, await undisturbed(first, merged(first, history)));
  assert.ok((reference.contexts[0]?.length ?? 0) > 40);
  await assertAccounted(first, history.length);

  const second = await preloaded(t, 7);
  const killed = startStageProcess(t, second.environment, [stage, "--drain"]);
  await until(async () => (await marketAccounting(second)).inputs > 500, "the backfill is under way");
  killed.signal("SIGKILL");
  await killed.exited;
  assert.ok((await marketAccounting(second)).inputs < history.length, "killed in the middle");
  // A member that stands by has nothing to drain: it ends at once.
  const pair = [1, 2].map(() => startStageProcess(t, second.environment, [stage, "--drain"]));
  assert.deepEqual(await Promise.all(pair.map(({ exited }) => exited)), [0, 0]);
  assert.deepEqual(await marketResult(second), reference);
  await assertAccounted(second, history.length);
});

test("each record has how far every partition had been read", async (t) => {
  const cluster = await createTestCluster(t, [marketStage]);
  const bars = [minuteBars(0), minuteBars(1)].flat();
  await cluster.publish("market.bars", bars);
  assert.equal(await startStageProcess(t, cluster.environment, [stage, "--drain"]).exited, 0);
  const [record] = await cluster.readAll(cluster.names.topic("market.context"));
  const joined = record?.headers[lineageHeaders.joined]?.split(",") ?? [];
  const positions = new Map(joined.map((entry) => entry.split(":") as [string, string]));
  assert.deepEqual(
    [...positions.keys()],
    Array.from({ length: cluster.config.partitions }, (_, partition) => `market.bars/${partition}`),
  );
  const read = [...positions.values()].reduce((sum, position) => sum + Number(position), 0);
  assert.equal(read, bars.length, "the last bar completes the second section");
  const last = merged(cluster, bars).at(-1) as Bar;
  const partition = partitionOf(last.symbol, cluster.config.partitions);
  assert.equal(
    record?.headers[lineageHeaders.trigger],
    `${cluster.names.topic("market.bars")}/${partition}/${Number(positions.get(`market.bars/${partition}`)) - 1}`,
  );
});
