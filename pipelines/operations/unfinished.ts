/**
 * A note on the broker that an operation in several steps (reset, repartition) is under way, kept as the metadata of a
 * group's offset: what was interrupted is found by whoever looks, and the stages do not start on half of it.
 */
import { UserError } from "../runtime/errors.js";
import type { ClusterAdmin } from "../runtime/kafka/admin.js";
import { BulkTransaction } from "../runtime/kafka/bulk-transaction.js";
import type { Kafka } from "../runtime/kafka/client.js";
import type { OperationsAdmin } from "../runtime/kafka/operations-admin.js";
import type { Names } from "../runtime/names.js";

export interface Unfinished {
  /** The command that was interrupted, e.g. `reset features`. */
  readonly command: string;
  readonly startedAt: string;
}

interface Access {
  readonly admin: ClusterAdmin;
  readonly names: Names;
}

/** The note is an offset of this group … */
export const noteGroup = (names: Names): string => names.group("operations");

/** … in this topic; any will do that surely exists. */
export const noteTopic = (names: Names): string => names.topic("news.raw");

export async function findUnfinished({ admin, names }: Access): Promise<Unfinished | undefined> {
  if (!(await admin.listTopics()).includes(noteTopic(names))) return undefined;
  const [noted] = await admin.committed(noteGroup(names), [noteTopic(names)]);
  if (!noted?.metadata?.startsWith("{")) return undefined;
  return JSON.parse(noted.metadata) as Unfinished;
}

/** @throws UserError while an operation is unfinished */
export async function refuseUnfinished(access: Access): Promise<void> {
  const unfinished = await findUnfinished(access);
  if (!unfinished) return;
  throw new UserError(
    `\`newstape ${unfinished.command}\`, begun at ${unfinished.startedAt}, was not finished`,
    `Run \`newstape ${unfinished.command}\` again first: it goes on where it was.`,
  );
}

/**
 * Runs the operation between the note and its removal. Its transactional id fences another one that is under way.
 *
 * @throws UserError when another operation is unfinished
 */
export async function noted<Result>(
  options: Access & { readonly kafka: Kafka; readonly operations: OperationsAdmin },
  command: string,
  action: () => Promise<Result>,
): Promise<Result> {
  const { names } = options;
  const before = await findUnfinished(options);
  if (before && before.command !== command) await refuseUnfinished(options);
  const producer = new BulkTransaction(options.kafka, names.transactionalId("operations", 0));
  try {
    const note: Unfinished = { command, startedAt: new Date().toISOString() };
    await producer.write([], {
      groupId: noteGroup(names),
      offsets: [{ topic: noteTopic(names), partition: 0, offset: 0, metadata: JSON.stringify(note) }],
    });
  } finally {
    await producer.close();
  }
  const result = await action();
  await options.operations.deleteGroups([noteGroup(names)]);
  return result;
}
