import { UserError } from "../runtime/errors.js";
import type { OperationsAdmin } from "../runtime/kafka/operations-admin.js";
import type { Names } from "../runtime/names.js";

/** @throws UserError naming the stages whose groups have members, and where these run */
export async function refuseMembers(
  operations: OperationsAdmin,
  names: Names,
  parts: readonly string[],
  what: string,
): Promise<void> {
  const groups = await operations.describeGroups(parts.map(names.group));
  const busy = groups.filter(({ members }) => members.length > 0);
  if (busy.length === 0) return;
  const list = busy.map(({ groupId, members }) => {
    const stage = parts.find((part) => names.group(part) === groupId) ?? groupId;
    const hosts = [...new Set(members.map(({ host }) => host))].join(", ");
    return `${stage} in ${members.length} ${members.length === 1 ? "process" : "processes"} (${hosts})`;
  });
  throw new UserError(
    `${what} needs the stages to be stopped, but these run: ${list.join("; ")}`,
    "Stop those processes (Ctrl-C or SIGTERM to `newstape run …` or `newstape start`). One that was killed leaves its group within the session time-out (6 s).",
  );
}
