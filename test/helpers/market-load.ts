/** Bars for the market stage on a real cluster, and the comparison with the operator alone. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { findCalendar } from "../../operators/calendar/calendars.js";
import { market, type MarketServices } from "../../operators/market/market.js";
import type { Operator } from "../../operators/operator.js";
import { marketStage } from "../../pipelines/stages/market.js";
import { committedProgress, handled } from "../../pipelines/runtime/stage/progress.js";
import type { Bar, MarketContext, MarketState } from "../../schemas/generated/types.js";
import type { TestCluster } from "./kafka.js";
import { MemoryState } from "./memory-state.js";

/** Inputs with an outcome, and records written, as counted exactly-once beside the committed offsets. */
export async function marketAccounting(cluster: TestCluster): Promise<{ inputs: number; outputs: number }> {
  const { admin, names } = cluster;
  const committed = await admin.committed(names.group(marketStage.name), [names.topic("market.bars")]);
  const progress = committedProgress(committed);
  return { inputs: handled(progress), outputs: progress.outputs.reduce((sum, count) => sum + count, 0) };
}

/** What the stage has written and what it has kept: digests of the bytes without the schemas' ids, which are the registry's. */
export interface MarketResult {
  /** Values of market.context, by partition. */
  readonly contexts: readonly string[][];
  readonly state: ReadonlyMap<string, string>;
}

const digest = (value: Buffer | null): string =>
  value === null ? "" : createHash("sha256").update(value.subarray(5)).digest("hex").slice(0, 16);

export async function marketResult(cluster: TestCluster): Promise<MarketResult> {
  const contexts = Array.from({ length: cluster.config.partitions }, (): string[] => []);
  for (const { key, partition, value } of await cluster.readAll(cluster.names.topic("market.context"))) {
    assert.equal(key, String(partition));
    contexts[partition]?.push(digest(value));
  }
  const state = new Map<string, string>();
  for (const { key, partition, value } of await cluster.readAll(cluster.names.changelog(marketStage.name))) {
    assert.equal(partition, 0);
    if (key !== null) state.set(key, digest(value));
  }
  return { contexts, state: new Map([...state].sort()) };
}

/** What the operator makes of the bars in this order, as the stage would have written it. */
export async function undisturbed(cluster: TestCluster, bars: readonly Bar[]): Promise<MarketResult> {
  const state = new MemoryState<MarketState>();
  const operator: Operator<"market.bars", "market.context", MarketState, MarketServices> = market;
  const outcomes = await operator.process(
    bars.map((record) => ({ topic: "market.bars", record })),
    state,
    { calendars: findCalendar },
  );
  state.commit();
  const codec = await cluster.codec("market.context");
  const stateCodec = await cluster.stateCodec<MarketState>(marketStage);
  const records = outcomes.flatMap((outcome): MarketContext[] =>
    outcome.kind === "emit" ? outcome.records.map(({ record }) => record) : [],
  );
  const encoded = records.map((record) => digest(codec.encode(record)));
  return {
    contexts: Array.from({ length: cluster.config.partitions }, () => encoded),
    state: new Map([...state.entries()].map(([key, value]) => [key, digest(stateCodec.encode(value))] as const).sort()),
  };
}
