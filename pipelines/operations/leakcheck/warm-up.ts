/**
 * How much history a feature needs: the set is started cold, so and so many bars before a moment, and compared with what it
 * is there after all of the history. Windows agree at once; what is recursive forgets slowly, and never to the last bit.
 */
import type { FeatureSet } from "../../../operators/features/feature-set.js";
import { inputPosition } from "../../../operators/merge.js";
import type { Bar } from "../../../schemas/generated/types.js";
import type { TopicName } from "../../../schemas/topics.js";
import { recordsOf, stageOutputs, topicsIn, type OfflineRecords } from "../../offline/run.js";
import type { AnyStage } from "../../runtime/stage/definition.js";

export const tolerances = [1e-3, 1e-6, 1e-9, 0] as const;
export type Tolerance = (typeof tolerances)[number];

export interface WarmUp {
  readonly feature: string;
  /** Bars after which the feature counts as meaningful by its declaration. */
  readonly declared: number;
  /** Largest difference of a start at the set's warm-up, relative to the feature's usual size. */
  readonly atWarmUp: number;
  /** Bars (and the news since then) from which on a cold start agrees with a warm one within each tolerance; null: more than were tried. */
  readonly needed: Readonly<Record<`${Tolerance}`, number | null>>;
}

export interface WarmUpOptions {
  /** That which writes the vectors. */
  readonly stage: AnyStage;
  /** All that it reads. */
  readonly records: OfflineRecords;
  readonly set: FeatureSet;
  /** Symbols to look at. */
  readonly symbols: readonly string[];
  /** Moments of each symbol to look at. */
  readonly moments: number;
}

export interface WarmUpReport {
  readonly set: string;
  readonly comparisons: number;
  /** Bars of the cold starts. */
  readonly lengths: readonly number[];
  readonly features: readonly WarmUp[];
}

export async function warmUps({ stage, records, set, symbols, moments }: WarmUpOptions): Promise<WarmUpReport> {
  const { warmUpBars } = set;
  const lengths = [1, 1.25, 1.5, 2, 3, 5, 8].map((factor) => Math.ceil(warmUpBars * factor));
  const longest = lengths.at(-1) ?? warmUpBars;
  /** By length, then feature: the largest difference seen. */
  const worst = lengths.map(() => set.features.map(() => 0));
  let comparisons = 0;
  for (const symbol of symbols) {
    const own = only(records, (_, record) => !("symbol" in record) || record.symbol === symbol);
    const bars = recordsOf(own, "market.bars");
    const warm = await vectorsByBar(stage, own, set);
    const sizes = set.features.map((_, index) => usualSize([...warm.values()].map((values) => values[index] ?? 0)));
    for (let moment = 0; moment < moments; moment += 1) {
      const end = bars.length - 1 - Math.floor((moment * (bars.length - 1 - longest)) / Math.max(1, moments));
      const at = bars[end];
      const expected = at && warm.get(at.id);
      if (!expected) continue;
      comparisons += 1;
      for (const [place, length] of lengths.entries()) {
        const cold = (await vectorsByBar(stage, coldStart(own, bars, end, length), set)).get(at.id);
        const row = worst[place];
        if (!cold || !row) continue;
        expected.forEach((value, index) => {
          const difference = Object.is(value, cold[index])
            ? 0
            : Math.max(Number.MIN_VALUE, Math.abs(value - (cold[index] ?? NaN)) / (sizes[index] ?? 1));
          row[index] = Math.max(row[index] ?? 0, difference);
        });
      }
    }
  }
  const features = set.features.map(({ name, warmUp }, index): WarmUp => {
    const within = (tolerance: number): number | null => {
      // The first length from which on all are within.
      const first = worst.findLastIndex((row) => (row[index] ?? 0) > tolerance) + 1;
      return lengths[first] ?? null;
    };
    const [exact, fine, good, bits] = tolerances.map(within);
    return {
      feature: name,
      declared: warmUp,
      atWarmUp: worst[0]?.[index] ?? 0,
      needed: { "0.001": exact ?? null, "0.000001": fine ?? null, "1e-9": good ?? null, "0": bits ?? null },
    };
  });
  return { set: set.id, comparisons, lengths, features };
}

/** Records of each topic that fulfil a condition. */
function only(records: OfflineRecords, condition: (name: TopicName, record: object) => boolean): OfflineRecords {
  return Object.fromEntries(
    topicsIn(records).map((name) => [name, recordsOf(records, name).filter((record) => condition(name, record))]),
  );
}

/** So many bars up to a place, and everything else since the first of them. */
function coldStart(own: OfflineRecords, bars: readonly Bar[], end: number, length: number): OfflineRecords {
  const first = bars[end - length + 1];
  if (!first) return only(own, () => false);
  const since = only(own, (name, record) => inputPosition(name, record).availableAt >= first.availableAt);
  return { ...since, "market.bars": bars.slice(end - length + 1, end + 1) };
}

/** Values at each bar's own vector. */
async function vectorsByBar(
  stage: AnyStage,
  records: OfflineRecords,
  set: FeatureSet,
): Promise<Map<string, readonly number[]>> {
  const found = new Map<string, readonly number[]>();
  const services = { settings: { featureSets: [set.name] }, routers: {} };
  for await (const outputs of stageOutputs(stage, records, services)) {
    for (const { topic, record } of outputs) {
      if (topic === "features" && record.trigger === "bar") found.set(record.barId, record.values);
    }
  }
  return found;
}

/** Median of the absolute values that are not 0; differences of a feature that is nearly always 0 are relative to 1. */
function usualSize(values: readonly number[]): number {
  const sizes = values.map(Math.abs).filter((value) => value > 0);
  sizes.sort((one, other) => one - other);
  return sizes[sizes.length >> 1] ?? 1;
}
