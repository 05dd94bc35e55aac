/** What must be true of a pipeline after whatever was done to it. */
import { featureSetsByName } from "../../operators/features/feature-sets.js";
import { runChain } from "../../pipelines/offline/full-chain.js";
import { noRouters } from "../../pipelines/pipeline.js";
import { replay } from "../../pipelines/replay/replay.js";
import type { Difference } from "../../pipelines/replay/task-replay.js";
import { PartitionLog } from "../../pipelines/runtime/kafka/partition-log.js";
import { stages } from "../../pipelines/stages.js";
import { topics } from "../../schemas/topics.js";
import type { BenchCluster } from "../bench/helpers/cluster.js";
import type { Load } from "./load.js";

type Identified = "news.sentiment" | "features" | "scores" | "forecasts" | "signals";
const identified: readonly Identified[] = ["news.sentiment", "features", "scores", "forecasts", "signals"];

/**
 * The ids in the topics against those of an undisturbed run over the same input: each once, none more, none less.
 *
 * @param optional ids that may be there as well
 */
export async function identityProblems(
  cluster: BenchCluster,
  load: Pick<Load, "bars" | "articles">,
  optional: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  const log = new PartitionLog(cluster.kafka);
  const sets = featureSetsByName(cluster.config.featureSets);
  const sorted = <Item extends { availableAt: number; id: string }>(items: readonly Item[]): Item[] =>
    items.toSorted((one, other) => one.availableAt - other.availableAt || (one.id < other.id ? -1 : 1));
  const expected = await runChain(
    { news: sorted(load.articles), bars: sorted(load.bars) },
    { sets, routers: noRouters },
  );
  const problems: string[] = [];
  try {
    for (const name of identified) {
      const codec = await cluster.codec(name);
      const wanted = new Set((expected[name] as readonly { id: string }[]).map(({ id }) => id));
      const seen = new Set<string>();
      let doubled = 0;
      let strangers = 0;
      for (const { partition, low, stable } of await log.settledBounds(cluster.names.topic(name))) {
        for await (const records of log.read(cluster.names.topic(name), partition, low, stable)) {
          for (const { value } of records) {
            const id = (topics[name] as { id: (record: unknown) => string }).id(await codec.read(value));
            if (seen.has(id)) doubled += 1;
            if (!wanted.has(id) && !optional.has(id)) strangers += 1;
            seen.add(id);
          }
        }
      }
      const lost = [...wanted].filter((id) => !seen.has(id)).length;
      if (lost > 0) problems.push(`${name}: ${lost} of ${wanted.size} records are lost`);
      if (doubled > 0) problems.push(`${name}: ${doubled} records are doubled`);
      if (strangers > 0) problems.push(`${name}: ${strangers} records that no undisturbed run has`);
    }
  } finally {
    await log.close();
  }
  return problems;
}

/** Values against a replay in the logged order. */
export async function replayProblems(cluster: BenchCluster): Promise<string[]> {
  const log = new PartitionLog(cluster.kafka);
  const shown: Difference[] = [];
  try {
    const results = await replay({
      ...cluster,
      log,
      stages,
      onDifference: (difference) => {
        if (shown.length < 3) shown.push(difference);
      },
    });
    return results.flatMap(({ stage, records, identical, differences, unverified }) => [
      ...(differences > 0 ? [`replay of ${stage}: ${differences} differ: ${JSON.stringify(shown)}`] : []),
      ...(identical < records ? [`replay of ${stage}: ${identical} of ${records} identical`] : []),
      ...Object.entries(unverified).map(([reason, count]) => `replay of ${stage}: ${count} not verified: ${reason}`),
    ]);
  } finally {
    await log.close();
  }
}
