import { setTimeout as sleep } from "node:timers/promises";
import type { TopicName } from "../../../schemas/topics.js";
import { unansweredInputs } from "../../queries/unanswered-inputs.js";
import type { Database } from "../../runtime/database/database.js";
import { messageOf } from "../../runtime/errors.js";
import { isImbalance, judgeAccounting, readAccounting, type Imbalance } from "../accounting.js";
import { error, ok, type Check, type Finding } from "./check.js";

/** The landing commits within a second of a record's coming, unless it is behind. */
const betweenMs = 1500;
const number = new Intl.NumberFormat("en-US");
const records = (count: number): string => `${number.format(count)} ${count === 1 ? "record" : "records"}`;

/** At most three examples, looked for within five seconds. */
export async function examplesOf(database: Database, topic: TopicName): Promise<string> {
  try {
    return await database.transaction(async (client) => {
      await client.query("SET LOCAL statement_timeout = 5000");
      const found = await unansweredInputs(client, topic, 4);
      if (found.length === 0) return "";
      return ` The database has nothing for ${found.slice(0, 3).join(", ")}${found.length > 3 ? " and others" : ""}.`;
    });
  } catch (fault) {
    return ` Which ones could not be looked for: ${messageOf(fault)}.`;
  }
}

export function imbalanceFinding(imbalance: Imbalance, examples: string): Finding {
  const { topic, stage, published, read, twice, missing } = imbalance;
  const besides = twice > 0 ? ` Besides, ${records(twice)} stand there twice.` : "";
  if (missing > 0) {
    return error(
      `${records(missing)} that ${stage} published ${missing === 1 ? "is" : "are"} not in ${topic}: counted as published ${number.format(published)}, read from the topic ${number.format(read)}`,
      `Their transaction was committed and counted, but the broker has not got them: acknowledged and lost with a leader (see the check \`replication\`), or never written by a producer that took another broker's answer for theirs. The inputs count as done, so nothing brings them back by itself.${besides}${examples}`,
      `Mend the cause, then publish them again: stop the stages and the landing, newstape reset ${stage}, newstape run …`,
    );
  }
  return error(
    `${topic} holds ${records(-missing)} more than ${stage} published: counted as published ${number.format(published)}, read from the topic ${number.format(read)}`,
    `They were written outside of the transactions of ${stage}: by another producer, or the offsets of its group were set back without \`newstape reset\`.${besides}`,
    `newstape tail ${topic} --from-beginning; after the cause is mended: newstape reset ${stage}`,
  );
}

export const accounting: Check = {
  name: "accounting",
  looksAt: "whether every record that a stage counted as published is in its topic, and no other",
  needs: ["kafka"],
  async run(surroundings) {
    const before = await readAccounting(surroundings);
    await sleep(betweenMs);
    const verdicts = judgeAccounting(before, await readAccounting(surroundings));
    const findings = await Promise.all(
      verdicts
        .filter(isImbalance)
        .map(async (found) =>
          imbalanceFinding(found, found.missing > 0 ? await examplesOf(surroundings.database, found.topic) : ""),
        ),
    );
    const named = (kind: string): string[] =>
      verdicts.filter((verdict) => verdict.kind === kind).map(({ topic }) => topic);
    const [balanced, behind, unknown] = [named("balanced"), named("behind"), named("unknown")];
    const parts = [
      balanced.length > 0 && `balanced: ${balanced.join(", ")}`,
      behind.length > 0 && `not judged, as the landing is behind: ${behind.join(", ")}`,
      unknown.length > 0 &&
        `not known, as records passed that no build counted (newstape reset landing counts from the beginning): ${unknown.join(", ")}`,
    ].filter(Boolean);
    return [
      ...findings,
      ...(parts.length > 0 || findings.length === 0 ? [ok(parts.join("; ") || "no stage has begun")] : []),
    ];
  },
};
