import type { ClusterAdmin } from "../runtime/kafka/admin.js";
import type { PartitionLog } from "../runtime/kafka/partition-log.js";
import type { CommittedOffset } from "../runtime/kafka/types.js";
import type { Names } from "../runtime/names.js";
import { committedProgress, type OutcomeCounts } from "../runtime/stage/progress.js";
import { consumersOf, type Part, type PartKind } from "../stages/part.js";
import { lagBehind } from "./lag.js";

export interface StageStatus {
  readonly stage: string;
  readonly kind: PartKind;
  readonly members: number;
  /** Records that wait before it, in transactions that are over; 0 only where none does (`InputLag`). */
  readonly lag: number;
  readonly outcomes: OutcomeCounts;
  /** Records published, by topic. */
  readonly outputs: Readonly<Record<string, number>>;
}

interface Access {
  readonly admin: ClusterAdmin;
  readonly log: PartitionLog;
  readonly names: Names;
  readonly parts: readonly Part[];
}

/** How every part with a consumer group stands, from what is committed on the broker: it needs no process to answer. */
export async function stageStatuses(access: Access): Promise<StageStatus[]> {
  return (await partStandings(access)).map(({ status }) => status);
}

/** The same, each with the offsets of which it was read. */
export async function partStandings({ admin, log, names, parts }: Access): Promise<PartStanding[]> {
  return Promise.all(
    consumersOf(parts).map(async (part): Promise<PartStanding> => {
      const { name, kind, inputs, outputs } = part;
      const group = names.group(name);
      const topics = inputs.map(names.topic);
      const committed = await admin.committed(group, topics);
      const lag = (await lagBehind(log, topics, committed)).reduce((sum, input) => sum + input.lag, 0);
      const { outcomes, outputs: counts } = committedProgress(committed);
      const published = Object.fromEntries(outputs.map((output, index) => [output as string, counts[index] ?? 0]));
      const status = { stage: name, kind, members: await admin.groupMembers(group), lag, outcomes, outputs: published };
      return { part, committed, status };
    }),
  );
}

export interface PartStanding {
  readonly part: Part;
  readonly committed: readonly CommittedOffset[];
  readonly status: StageStatus;
}
