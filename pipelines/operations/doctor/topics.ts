import { stagesOf } from "../../stages/part.js";
import { desiredTopics } from "../topics/plan.js";
import { error, orOk, warning, type Check, type Finding } from "./check.js";

const apply = "newstape topics apply";
const repartition = "newstape topics repartition --partitions <number>";

export const topics: Check = {
  name: "topics",
  looksAt: "topics: missing ones, partitions, clean-up, retention, time stamps",
  needs: ["kafka"],
  async run({ config, parts, names, admin, operations }) {
    const desired = desiredTopics(config, parts);
    const existing = new Set(await admin.listTopics());
    const present = desired.filter(({ name }) => existing.has(name));
    const missing = desired.filter(({ name }) => !existing.has(name));
    const findings: Finding[] = [];
    if (missing.length > 0) {
      findings.push(
        error(
          `${missing.length} of ${desired.length} topics are missing: ${missing.map(({ name }) => name).join(", ")}`,
          "A stage whose topics are missing does not start. If one was deleted, its records are gone, and what was derived from them stays.",
          `${apply}; where a stage's own topic was deleted: newstape reset <stage>`,
        ),
      );
    }
    const described = await admin.describeTopics(present.map(({ name }) => name));
    for (const topic of present) {
      const actual = described.get(topic.name);
      if (!actual) continue;
      if (actual.partitions !== topic.partitions) {
        findings.push(
          error(
            `${topic.name} has ${actual.partitions} partitions, NEWSTAPE_PARTITIONS asks for ${topic.partitions}`,
            "Keys would move between tasks, away from their state.",
            `Set NEWSTAPE_PARTITIONS=${actual.partitions}, or move everything: ${repartition}`,
          ),
        );
      }
      for (const [key, value] of Object.entries(topic.config)) {
        const found = actual.config[key];
        // What is in force is what counts there, and the check of the replication tells of it.
        if (found === value || key === "min.insync.replicas") continue;
        const what = `${topic.name}: ${key} is ${found ?? "the broker's default"}, not ${value}`;
        findings.push(
          key === "cleanup.policy"
            ? error(
                what,
                value === "compact"
                  ? "The state, or the registry, would be deleted by age."
                  : "Records would be lost to compaction.",
                apply,
              )
            : warning(what, meaningOf(key), apply),
        );
      }
    }
    for (const stage of stagesOf(parts)) {
      const own = [...stage.inputs, ...stage.outputs].map(names.topic);
      // The state of a stage that is one task lies in one partition, whatever its inputs have.
      const isBeside = stage.stateSchema !== undefined && !stage.isOneTask;
      const all = isBeside ? [...own, names.changelog(stage.name)] : own;
      const counts = all.flatMap((name) => (described.has(name) ? [`${name} ${described.get(name)?.partitions}`] : []));
      if (new Set(counts.map((count) => count.split(" ")[1])).size > 1) {
        findings.push(
          error(
            `the topics of ${stage.name} differ in their partitions: ${counts.join(", ")}`,
            "Equal keys lie in different partitions, so the stage does not start.",
            repartition,
          ),
        );
      }
    }
    const stamps = await operations.setting(
      present.map(({ name }) => name),
      "message.timestamp.type",
    );
    const byProducer = [...stamps].filter(([, type]) => type !== "LogAppendTime").map(([name]) => name);
    if (byProducer.length > 0) {
      findings.push(
        warning(
          `the time stamps of ${byProducer.length} topics are the producers' (${byProducer.slice(0, 3).join(", ")}${byProducer.length > 3 ? ", …" : ""})`,
          "`knownAt` of live records is the broker's time stamp: with message.timestamp.type=CreateTime it is whatever the producer's clock says.",
          "Set log.message.timestamp.type=LogAppendTime on the brokers, or message.timestamp.type on the topics.",
        ),
      );
    }
    return orOk(findings, `all ${desired.length} topics are as they should be`);
  },
};

function meaningOf(key: string): string {
  switch (key) {
    case "retention.ms":
      return "Records are kept for another time than NEWSTAPE_RETENTION_DAYS says; a rebuild sees what is kept.";
    default:
      return "Restoring a state takes longer, or the disk holds more than it has to.";
  }
}
