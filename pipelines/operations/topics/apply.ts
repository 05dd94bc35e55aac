import { schemaText } from "../../runtime/codec.js";
import { UserError } from "../../runtime/errors.js";
import type { ClusterAdmin } from "../../runtime/kafka/admin.js";
import { describeChange, type Change } from "./plan.js";
import type { SubjectClient } from "./subjects.js";

/**
 * Applies a plan. Safe to repeat; stops before anything is changed when the plan has a conflict.
 *
 * @throws UserError naming the conflicts
 */
export async function applyPlan(
  changes: readonly Change[],
  admin: ClusterAdmin,
  subjects: SubjectClient,
  onChange: (change: Change) => void = () => undefined,
): Promise<void> {
  const conflicts = changes.filter(({ kind }) => kind === "conflict");
  if (conflicts.length > 0) {
    throw new UserError(
      conflicts.map(describeChange).join("\n"),
      "Set NEWSTAPE_PARTITIONS to what the topics have, or delete them and load the history again.",
    );
  }
  // In one request: a topic by itself takes some 100 ms.
  const created = changes.filter(({ kind }) => kind === "create topic");
  if (created.length > 0) await admin.createTopics(created.map(({ topic }) => topic));
  for (const change of changes) {
    await applyChange(change, admin, subjects);
    onChange(change);
  }
}

async function applyChange(change: Change, admin: ClusterAdmin, subjects: SubjectClient): Promise<void> {
  const { topic } = change;
  switch (change.kind) {
    case "configure topic":
      await admin.changeConfig(topic.name, differing(change));
      return;
    case "register schema":
      if (topic.schema) await subjects.register(change.subject, schemaText(topic.schema.file));
      return;
    case "set compatibility":
      if (topic.schema) await subjects.setCompatibility(change.subject, topic.schema.compatibility);
      return;
    case "create topic":
    case "reassign topic":
    case "conflict":
      return;
  }
}

/** What is to be set; everything else on the topic, of others too, stays. */
const differing = ({ topic, from }: Extract<Change, { kind: "configure topic" }>): Record<string, string> =>
  Object.fromEntries(Object.entries(topic.config).filter(([key]) => key in from));
