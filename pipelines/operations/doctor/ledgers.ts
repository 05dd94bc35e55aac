/** What landing met, with its true cause: the evidence was gathered when it was met, and is in landing_audit. */
import type { Queryable } from "../../../schemas/queryable.js";
import { error, ok, warning, type Check, type Finding } from "./check.js";

/**
 * same place: the very record that the ledger holds, delivered again; published anew: the topic no longer held the first one;
 * same input, two inputs: the topic holds both, because of one input or of two.
 */
export type AuditCause = "refused" | "not known" | "same place" | "published anew" | "same input" | "two inputs";

export interface AuditGroup {
  readonly kind: "conflict" | "doubled" | "refused";
  readonly topic: string;
  readonly table: string;
  readonly cause: AuditCause;
  readonly count: number;
  /** One of them, for which both places are known if they are for any. */
  readonly id: string;
  readonly place: string;
  readonly first: string | null;
  readonly trigger: string | null;
  readonly firstTrigger: string | null;
  readonly reason: string;
}

/** Everything in landing_audit, by what it is and why. */
export async function auditGroups(client: Queryable): Promise<AuditGroup[]> {
  const { rows } = await client.query<AuditGroup>(
    `SELECT kind, topic, table_name AS "table", cause, count(*)::integer AS count,
       (array_agg(record_id ORDER BY id))[1] AS id,
       (array_agg(kafka_partition || '/' || kafka_offset ORDER BY id))[1] AS place,
       (array_agg(first_partition || '/' || first_offset ORDER BY id))[1] AS first,
       (array_agg(trigger ORDER BY id))[1] AS trigger,
       (array_agg(first_trigger ORDER BY id))[1] AS "firstTrigger",
       (array_agg(reason ORDER BY id))[1] AS reason
     FROM (SELECT *, CASE
         WHEN kind = 'refused' THEN 'refused'
         WHEN (first_partition, first_offset) = (kafka_partition, kafka_offset) THEN 'same place'
         WHEN first_in_topic IS NULL THEN 'not known'
         WHEN NOT first_in_topic THEN 'published anew'
         WHEN trigger IS DISTINCT FROM first_trigger THEN 'two inputs'
         ELSE 'same input' END AS cause FROM landing_audit) AS entry
     GROUP BY kind, topic, table_name, cause ORDER BY table_name, kind, cause`,
  );
  return rows;
}

/** Where a record that the topic holds twice came from. */
function twiceBecause({ cause, topic, trigger, firstTrigger }: AuditGroup): string {
  if (cause === "same input") {
    return (
      `${topic} has both, and both were caused by ${trigger ?? "the same input"}: exactly-once was broken. ` +
      "A batch that had been written was written again: by a producer that took the answer to another request for its own (an older build on several brokers, which does not count answers by partition), or by a client that is no transactional producer."
    );
  }
  if (topic === "news.sentiment") {
    return `${topic} has both: the article came twice (${firstTrigger}, ${trigger}), and the stage remembers ids for 30 days only, or had lost its state.`;
  }
  return (
    `${topic} has both, caused by two inputs with one id (${firstTrigger}, ${trigger}): the topic of the inputs holds a record twice. ` +
    "The stage did what it was given; the fault lies upstream, and is reported for that topic's table."
  );
}

const conflictBecause = (group: AuditGroup): string => {
  switch (group.cause) {
    case "same place":
      return "It is the very record that the ledger holds, at the same place of the topic: this build computes the content hash otherwise than the one that landed it, or the topic was made anew.";
    case "published anew":
      return `When it came, the first was no longer in ${group.topic}: a reset had emptied the topic, or it was made anew, and the stage published it again with other models or other code. A ledger keeps what was published first.`;
    case "not known":
      return `${group.reason}. Whether the topic held both at once was not noted: the stage was reset and published it anew with other models or code, or exactly-once was broken (then the topic has both).`;
    case "refused":
    case "same input":
    case "two inputs":
      return `${twiceBecause(group)} The ledger keeps the first.`;
  }
};

const look = ({ table, kind }: AuditGroup): string =>
  `psql "$DATABASE_URL" -c "SELECT * FROM landing_audit WHERE table_name = '${table}' AND kind = '${kind}' LIMIT 5"`;

/** Once the cause is mended, what is in the ledger and in the topic can only be published anew. */
const mend = (group: AuditGroup): string =>
  `Replace the processes of another build; what follows from these records is mended by resetting the stage that writes ${group.topic} (newstape reset <stage>). ${look(group)}`;

export function auditFinding(group: AuditGroup): Finding {
  const { kind, table, topic, count, id, place, first, cause, reason } = group;
  const where = first === null ? place : `${first} and ${place}`;
  const example = `for example ${id} at ${where} of ${topic}`;
  if (kind === "refused") {
    return error(
      `${table} refused ${count} records (for example ${id} at ${place} of ${topic})`,
      `The database would not take them: ${reason}.`,
      look(group),
    );
  }
  const isRepeat = cause === "two inputs" && topic === "news.sentiment";
  if (kind === "doubled") {
    const summary = `${count} ${count === 1 ? "record stands" : "records stand"} twice in ${topic} (${example})`;
    const explanation = `${twiceBecause(group)} The database holds each once.`;
    return isRepeat ? warning(summary, explanation, look(group)) : error(summary, explanation, mend(group));
  }
  const summary = `${count} ${count === 1 ? "id has" : "ids have"} two contents in ${table} (${example})`;
  const isHarmless = cause === "published anew" || cause === "same place" || isRepeat;
  return isHarmless
    ? warning(summary, conflictBecause(group), look(group))
    : error(summary, conflictBecause(group), cause === "not known" ? look(group) : mend(group));
}

export const ledgers: Check = {
  name: "ledgers",
  looksAt: "ids with two contents, records that a topic holds twice, records that the database refused (landing_audit)",
  needs: ["database"],
  async run({ database }) {
    const [relation] = await database.query<{ found: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('landing_audit') AND attname = 'first_offset') AS found`,
    );
    if (!relation?.found)
      return [
        error("there is no table landing_audit of this build", "See the check of the tables.", "newstape migrate"),
      ];
    const groups = await database.transaction(auditGroups);
    return groups.length > 0 ? groups.map(auditFinding) : [ok("no id with two contents, none twice, none refused")];
  },
};
