/**
 * What the stages counted as published against what the landing has read of it: the first is committed in the transaction of
 * the records themselves, the second counts the records that are really there. Neither reads a topic, and retention changes
 * neither.
 */
import { landingName } from "../landing/landing-name.js";
import { readCountsOf } from "../landing/landing-progress.js";
import { landedTopics, type TopicName } from "../../schemas/topics.js";
import type { ClusterAdmin } from "../runtime/kafka/admin.js";
import type { PartitionLog } from "../runtime/kafka/partition-log.js";
import type { Names } from "../runtime/names.js";
import { committedProgress } from "../runtime/stage/progress.js";
import { stagesOf, type Part } from "../stages/part.js";

export interface AccountingAccess {
  readonly admin: ClusterAdmin;
  readonly log: PartitionLog;
  readonly names: Names;
  readonly parts: readonly Part[];
}

/** The counts of a topic at one moment. */
export interface TopicAccounting {
  readonly topic: TopicName;
  readonly stage: string;
  /** Undefined: the stage has no offsets, so that what it published is not known. */
  readonly published: number | undefined;
  /** End of each partition, open transactions included, seen after `published`. */
  readonly ends: readonly number[];
  /** Up to where each partition has landed. */
  readonly landedTo: readonly number[];
  /** Records that the landing has read, each id once; undefined where an older build or retention let some pass uncounted. */
  readonly read: number | undefined;
  /** Besides these, records whose id the topic holds at another place too. */
  readonly twice: number;
}

export interface Imbalance {
  readonly topic: TopicName;
  readonly stage: string;
  readonly published: number;
  readonly read: number;
  readonly twice: number;
  /** Published, but not in the topic; negative: in the topic, but not counted as published. */
  readonly missing: number;
}

export type Verdict =
  | { readonly kind: "balanced"; readonly topic: TopicName; readonly published: number }
  | { readonly kind: "behind" | "unknown"; readonly topic: TopicName }
  | ({ readonly kind: "imbalance" } & Imbalance);

/** In this order: what was published before is below the ends, whatever is published meanwhile. */
export async function readAccounting({ admin, log, names, parts }: AccountingAccess): Promise<TopicAccounting[]> {
  const existing = new Set(await admin.listTopics());
  const isThere = (name: TopicName): boolean => existing.has(names.topic(name));
  const written = await Promise.all(
    stagesOf(parts)
      .filter(({ inputs }) => inputs.every(isThere))
      .map(async (stage) => {
        const inputs = stage.inputs.map(names.topic);
        const commits = await admin.committed(names.group(stage.name), inputs);
        const counted = committedProgress(commits).outputs;
        return stage.outputs
          .map((topic, index) => ({
            topic,
            stage: stage.name,
            published: commits.length > 0 ? (counted[index] ?? 0) : undefined,
          }))
          .filter(({ topic }) => isThere(topic));
      }),
  );
  const outputs = written.flat().filter(({ topic }) => (landedTopics as readonly TopicName[]).includes(topic));
  const bounds = await Promise.all(outputs.map(({ topic }) => log.bounds(names.topic(topic))));
  const landed =
    outputs.length > 0
      ? await admin.committed(
          names.group(landingName),
          outputs.map(({ topic }) => names.topic(topic)),
        )
      : [];
  return outputs.map((output, place): TopicAccounting => {
    const partitions = (bounds[place] ?? []).map(({ partition, low, high }) => {
      const commit = landed.find((entry) => entry.topic === names.topic(output.topic) && entry.partition === partition);
      return { high, landedTo: commit?.offset ?? low, counts: readCountsOf(commit, low) };
    });
    const known = partitions.flatMap(({ counts }) => counts ?? []);
    const isKnown = known.length === partitions.length;
    return {
      ...output,
      ends: partitions.map(({ high }) => high),
      landedTo: partitions.map(({ landedTo }) => landedTo),
      read: isKnown ? known.reduce((sum, { emit, reject }) => sum + emit + reject, 0) : undefined,
      twice: known.reduce((sum, { duplicate }) => sum + duplicate, 0),
    };
  });
}

/**
 * Compares across two looks, so that a pipeline at work is judged too: what was published by the first look must have been
 * read by the second, if the landing has come past the ends of the first; what was read by the first must have been
 * published by the second.
 */
export function judgeAccounting(before: readonly TopicAccounting[], after: readonly TopicAccounting[]): Verdict[] {
  return before.flatMap((first): Verdict[] => {
    const second = after.find(({ topic }) => topic === first.topic);
    if (!second) return [];
    const { topic, stage } = first;
    const unknown: Verdict[] = [{ kind: "unknown", topic }];
    if (first.read === undefined || second.read === undefined) return unknown;
    // Nothing published, and nothing there: a stage that has not begun.
    if (second.published === undefined)
      return second.read === 0 ? [{ kind: "balanced", topic, published: 0 }] : unknown;
    const extra = first.read - second.published;
    const { published: since, read, twice } = second;
    if (extra > 0) return [{ kind: "imbalance", topic, stage, published: since, read, twice, missing: -extra }];
    const isPast = first.ends.every((end, partition) => (second.landedTo[partition] ?? 0) >= end);
    if (!isPast || first.published === undefined) return [{ kind: "behind", topic }];
    const missing = first.published - read;
    if (missing <= 0) return [{ kind: "balanced", topic, published: first.published }];
    return [{ kind: "imbalance", topic, stage, published: first.published, read, twice, missing }];
  });
}

export const isImbalance = (verdict: Verdict): verdict is Verdict & { kind: "imbalance" } =>
  verdict.kind === "imbalance";
