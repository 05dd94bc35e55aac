/**
 * What is committed beside an input's offset, in the same transaction: how many inputs had which outcome since the
 * beginning, and where a sorted read stands. So the accounting is exactly-once too.
 */
import type { InputPosition } from "../../../operators/merge.js";
import type { CrashNote } from "./crash-watch.js";

/** Encoded by place: a kind may be renamed, their order is that of every offset that was committed. */
export const outcomeKinds = ["emit", "absorb", "duplicate", "reject"] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];
export type OutcomeCounts = Record<OutcomeKind, number>;

export interface Progress {
  readonly outcomes: OutcomeCounts;
  /** Records published because of this input, by output of the stage, in the order of its declaration. */
  readonly outputs: readonly number[];
  /** `after`: the last record of a sorted part that was committed; what comes at or before it is done. */
  readonly sort?: { readonly end: number; readonly after?: InputPosition };
  /** Beside the first input only: the order of what was taken since the last output; see `MergeOrder`. */
  readonly order?: string;
  /** Beside the first input only: what the task was about to do; see `CrashWatch`. */
  readonly crash?: CrashNote;
}

export const noOutcomes = (): OutcomeCounts => ({ emit: 0, absorb: 0, duplicate: 0, reject: 0 });

/** What the partitions of one or several inputs were counted to in all. */
export function sumProgress(counted: readonly Progress[]): Progress {
  const outcomes = noOutcomes();
  const outputs: number[] = [];
  for (const progress of counted) {
    for (const kind of outcomeKinds) outcomes[kind] += progress.outcomes[kind];
    progress.outputs.forEach((count, index) => (outputs[index] = (outputs[index] ?? 0) + count));
  }
  return { outcomes, outputs };
}

/** The same, from what is committed beside the offsets. */
export const committedProgress = (committed: readonly { readonly metadata?: string }[]): Progress =>
  sumProgress(committed.map(({ metadata }) => decodeProgress(metadata)));

/** Inputs with an outcome, whichever. */
export const handled = ({ outcomes }: Pick<Progress, "outcomes">): number =>
  outcomeKinds.reduce((sum, kind) => sum + outcomes[kind], 0);

/** At most 4,096 bytes: Kafka's limit for the metadata of an offset. */
export function encodeProgress({ outcomes, outputs, sort, order, crash }: Progress): string {
  return JSON.stringify({
    v: 1,
    o: outcomeKinds.map((kind) => outcomes[kind]),
    n: outputs,
    ...(sort && { s: { e: sort.end, ...(sort.after && { t: sort.after.availableAt, i: sort.after.id }) } }),
    ...(order !== undefined && { m: order }),
    ...(crash && { c: { l: crash.life, r: crash.record, a: crash.attempts } }),
  });
}

/** Metadata of another writer counts as none. */
export function decodeProgress(metadata: string | undefined): Progress {
  const empty = { outcomes: noOutcomes(), outputs: [] };
  if (!metadata?.startsWith("{")) return empty;
  try {
    const parsed = JSON.parse(metadata) as {
      v?: number;
      o?: number[];
      n?: number[];
      s?: { e: number; t?: number; i?: string };
      m?: string;
      c?: { l: string; r?: string; a?: number };
    };
    if (parsed.v !== 1) return empty;
    const outcomes = noOutcomes();
    outcomeKinds.forEach((kind, index) => (outcomes[kind] = parsed.o?.[index] ?? 0));
    const { s: sort, c: crash } = parsed;
    const after = sort?.t !== undefined && sort.i !== undefined ? { availableAt: sort.t, id: sort.i } : undefined;
    return {
      outcomes,
      outputs: parsed.n ?? [],
      ...(sort && { sort: { end: sort.e, ...(after && { after }) } }),
      ...(parsed.m !== undefined && { order: parsed.m }),
      ...(crash && {
        crash: {
          life: crash.l,
          ...(crash.r !== undefined && { record: crash.r }),
          ...(crash.a !== undefined && { attempts: crash.a }),
        },
      }),
    };
  } catch {
    return empty;
  }
}
