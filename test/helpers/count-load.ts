/** A load on the count stage, and the comparison with an undisturbed run over the same inputs. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { committedProgress, handled } from "../../pipelines/runtime/stage/progress.js";
import { countStage, expectedState, sentimentOf, type CountState } from "./count-stage.js";
import type { NewsSentiment } from "../../schemas/generated/types.js";
import type { TestCluster } from "./kafka.js";

const symbols = 40;

/** Publishes `total` sentiments at about `perSecond`; resolves with them when all are acknowledged. */
export async function publishLoad(cluster: TestCluster, total: number, perSecond: number) {
  const inputs = Array.from({ length: total }, (_, index) => sentimentOf(index, symbols));
  const chunk = Math.max(1, Math.round(perSecond / 20));
  for (let start = 0; start < total; start += chunk) {
    await cluster.publish("news.sentiment", inputs.slice(start, start + chunk));
    await sleep(50);
  }
  return inputs;
}

/** Inputs with an outcome, as counted exactly-once beside the committed offsets. */
export async function countOutcomes(cluster: TestCluster, stage = countStage.name): Promise<number> {
  const committed = await cluster.admin.committed(cluster.names.group(stage), [cluster.names.topic("news.sentiment")]);
  return handled(committedProgress(committed));
}

export async function until(condition: () => Promise<boolean>, what: string, seconds = 90): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(150);
  }
}

/** No record lost, none doubled under read_committed, the state equal to that of an undisturbed run. */
export async function assertUndisturbed(
  cluster: TestCluster,
  inputs: Awaited<ReturnType<typeof publishLoad>>,
): Promise<void> {
  await until(async () => (await countOutcomes(cluster)) >= inputs.length, "every input has an outcome");
  assert.equal(await countOutcomes(cluster), inputs.length, "one outcome per input");

  const codec = await cluster.codec("features");
  const records = await cluster.readAll(cluster.names.topic("features"));
  const outputs = await Promise.all(records.map(({ value }) => codec.read(value)));
  const triggers = outputs.map(({ triggerId }) => triggerId);
  assert.equal(new Set(triggers).size, inputs.length, "no record is lost");
  assert.equal(triggers.length, inputs.length, "no record is doubled");
  const sequences = new Map<string, number>();
  for (const { symbol, sequence } of outputs) {
    assert.equal(sequence, (sequences.get(symbol) ?? 0) + 1, `${symbol} continues its sequence`);
    sequences.set(symbol, sequence);
  }

  await assertState(cluster, inputs);
}

/** The changelog holds the state of an undisturbed run over these inputs. */
export async function assertState(cluster: TestCluster, inputs: readonly NewsSentiment[]): Promise<void> {
  const stateCodec = await cluster.stateCodec<CountState>(countStage);
  const state = new Map<string, CountState>();
  for (const { key, value } of await cluster.readAll(cluster.names.changelog(countStage.name))) {
    if (key !== null) state.set(key, await stateCodec.read(value));
  }
  const sorted = (map: Map<string, CountState>) =>
    [...map].map(([key, { count, digest }]) => [key, count, digest]).sort();
  assert.deepEqual(sorted(state), sorted(expectedState(inputs)), "the state is that of an undisturbed run");
}
