import type { PartitionAssigner } from "kafkajs";
import { AssignerProtocol } from "./kafkajs.js";

/** Tasks held by a member before a rebalance. */
export interface Membership {
  readonly memberId: string;
  readonly owned: readonly number[];
}

/**
 * Gives each task (a partition number) to one member: as even as can be, and leaving tasks where they are, because moving
 * one costs a restore of its state.
 */
export function assignTasks(members: readonly Membership[], tasks: number): Map<string, number[]> {
  const ordered = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const assignment = new Map(ordered.map(({ memberId }) => [memberId, [] as number[]]));
  const least = Math.floor(tasks / ordered.length);
  let larger = tasks - least * ordered.length;
  const taken = new Set<number>();
  for (const { memberId, owned } of ordered) {
    const kept = [...new Set(owned)].filter((task) => task < tasks && !taken.has(task)).sort((a, b) => a - b);
    const quota = kept.length > least && larger > 0 ? least + 1 : least;
    if (quota > least) larger -= 1;
    for (const task of kept.slice(0, quota)) {
      taken.add(task);
      assignment.get(memberId)?.push(task);
    }
  }
  for (let task = 0; task < tasks; task += 1) {
    if (taken.has(task)) continue;
    const [, fewest] = [...assignment].reduce((best, entry) => (entry[1].length < best[1].length ? entry : best));
    fewest.push(task);
  }
  return assignment;
}

/** How the partitions of the subscribed topics are dealt to tasks. */
interface Dealing {
  /** Members that deal otherwise cannot join the same group. */
  readonly name: string;
  /** @param counts partitions by topic */
  tasks(counts: ReadonlyMap<string, number>): number;
  /** Partitions of a topic of so many that belong to these tasks. */
  partitionsOf(tasks: readonly number[], count: number): number[];
}

/**
 * Partition *p* of every subscribed topic, the stage's changelog included, goes to one member: that makes the task.
 *
 * @param owned tasks that this member holds when it joins
 */
export const coPartitionAssigner = (owned: () => readonly number[]): PartitionAssigner =>
  taskAssigner(owned, {
    name: "newstape-co-partition",
    tasks: (counts) => {
      const [tasks = 0, ...others] = new Set(counts.values());
      if (others.length === 0) return tasks;
      const list = [...counts].map(([topic, count]) => `${topic} ${count}`).join(", ");
      throw new Error(`Topics of one stage differ in partitions: ${list}`);
    },
    partitionsOf: (tasks) => [...tasks],
  });

/**
 * Every partition of every subscribed topic goes to one member, as task 0; the others stand by.
 *
 * @param owned tasks that this member holds when it joins
 */
export const singleTaskAssigner = (owned: () => readonly number[]): PartitionAssigner =>
  taskAssigner(owned, {
    name: "newstape-single-task",
    tasks: () => 1,
    partitionsOf: (tasks, count) =>
      tasks.length > 0 ? Array.from({ length: count }, (_, partition) => partition) : [],
  });

function taskAssigner(owned: () => readonly number[], { name, ...dealing }: Dealing): PartitionAssigner {
  return ({ cluster }) => ({
    name,
    version: 0,
    async assign({ members, topics }) {
      const counts = new Map(topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]));
      const tasks = dealing.tasks(counts);
      const memberships = members.map(({ memberId, memberMetadata }) => ({
        memberId,
        owned: decodeOwned(memberMetadata),
      }));
      return [...assignTasks(memberships, tasks)].map(([memberId, held]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: 0,
          assignment: Object.fromEntries(
            [...counts].map(([topic, count]) => [topic, dealing.partitionsOf(held, count)]),
          ),
          userData: Buffer.alloc(0),
        }),
      }));
    },
    protocol({ topics }) {
      return {
        name,
        metadata: AssignerProtocol.MemberMetadata.encode({
          version: 0,
          topics,
          userData: Buffer.from(JSON.stringify(owned())),
        }),
      };
    },
  });
}

function decodeOwned(memberMetadata: Buffer): number[] {
  try {
    const { userData } = AssignerProtocol.MemberMetadata.decode(memberMetadata) ?? {};
    const owned: unknown = JSON.parse(userData?.toString() ?? "[]");
    return Array.isArray(owned) ? (owned.filter((task) => Number.isInteger(task)) as number[]) : [];
  } catch {
    return [];
  }
}
