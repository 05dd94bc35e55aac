import { UserError } from "../errors.js";
import type { ClusterAdmin } from "../kafka/admin.js";

type Admin = Pick<ClusterAdmin, "listTopics" | "partitionCounts">;

async function refuseAbsent(admin: Admin, topicNames: readonly string[]): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = topicNames.filter((topic) => !existing.has(topic));
  if (missing.length === 0) return;
  throw new UserError(
    `These topics do not exist, or this user may not see them: ${missing.join(", ")}`,
    "Run `newstape topics apply`, on a broker with access rules `newstape topics apply --acls`.",
  );
}

/** All inputs and outputs of a stage must have the same number of partitions, or equal keys would go to different tasks. */
export async function commonPartitions(admin: Admin, topicNames: readonly string[]): Promise<number> {
  await refuseAbsent(admin, topicNames);
  const partitions = await admin.partitionCounts(topicNames);
  const counts = new Set(partitions.values());
  const [first] = counts;
  if (counts.size !== 1 || first === undefined) {
    const list = [...partitions].map(([name, count]) => `${name} ${count}`).join(", ");
    throw new UserError(
      `The topics of one stage differ in their number of partitions: ${list}`,
      "Give them the same number with `newstape topics plan`.",
    );
  }
  return first;
}

/** A changelog must have a partition for each task. */
export async function checkChangelog(admin: Admin, changelog: string, tasks: number): Promise<void> {
  await refuseAbsent(admin, [changelog]);
  const actual = (await admin.partitionCounts([changelog])).get(changelog);
  if (actual !== tasks) {
    throw new UserError(
      `${changelog} has ${actual} partitions, but the stage has ${tasks} ${tasks === 1 ? "task" : "tasks"}: one partition each is needed`,
      "`newstape topics plan` shows what differs.",
    );
  }
}
