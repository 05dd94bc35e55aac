import type { TopicSettings } from "../../runtime/kafka/admin.js";
import type { Names } from "../../runtime/names.js";
import { stagesOf, type Part } from "../../stages/part.js";
import { desiredTopics, type DesiredTopic } from "../topics/plan.js";
import { error, orOk, warning, type Check, type Finding } from "./check.js";

type Described = Pick<TopicSettings, "partitions" | "config">;

const apply = "newstape topics apply";
const repartition = "newstape topics repartition --partitions <number>";

export const topics: Check = {
  name: "topics",
  looksAt: "topics: missing ones, partitions, clean-up, retention, time stamps",
  needs: ["kafka"],
  async run({ config, parts, names, admin, operations }) {
    const desired = desiredTopics(config, parts);
    const existing = new Set(await admin.listTopics());
    const present = desired.map(({ name }) => name).filter((name) => existing.has(name));
    const described = await admin.describeTopics(present);
    const findings = [
      ...missingFindings(desired, existing),
      ...desired.flatMap((topic) => settingFindings(topic, described.get(topic.name))),
      ...stagesOf(parts).flatMap((stage) => partitionFindings(stage, names, described)),
      ...stampFindings(await operations.setting(present, "message.timestamp.type")),
    ];
    return orOk(findings, `all ${desired.length} topics are as they should be`);
  },
};

function missingFindings(desired: readonly DesiredTopic[], existing: ReadonlySet<string>): Finding[] {
  const missing = desired.filter(({ name }) => !existing.has(name));
  if (missing.length === 0) return [];
  return [
    error(
      `${missing.length} of ${desired.length} topics are missing: ${missing.map(({ name }) => name).join(", ")}`,
      "A stage whose topics are missing does not start. If one was deleted, its records are gone, and what was derived from them stays.",
      `${apply}; where a stage's own topic was deleted: newstape reset <stage>`,
    ),
  ];
}

function settingFindings(topic: DesiredTopic, actual: Described | undefined): Finding[] {
  if (!actual) return [];
  const settings = Object.entries(topic.config).flatMap(([key, value]) => {
    const found = actual.config[key];
    // What is in force is what counts there, and the check of the replication reports it.
    if (found === value || key === "min.insync.replicas") return [];
    const what = `${topic.name}: ${key} is ${found ?? "the broker's default"}, not ${value}`;
    if (key !== "cleanup.policy") return [warning(what, meaningOf(key), apply)];
    const meaning =
      value === "compact"
        ? "The state, or the registry, would be deleted by age."
        : "Records would be lost to compaction.";
    return [error(what, meaning, apply)];
  });
  if (actual.partitions === topic.partitions) return settings;
  return [
    error(
      `${topic.name} has ${actual.partitions} partitions, NEWSTAPE_PARTITIONS asks for ${topic.partitions}`,
      "Keys would move between tasks, away from their state.",
      `Set NEWSTAPE_PARTITIONS=${actual.partitions}, or move everything: ${repartition}`,
    ),
    ...settings,
  ];
}

function partitionFindings(stage: Part, names: Names, described: ReadonlyMap<string, Described>): Finding[] {
  const own = [...stage.inputs, ...stage.outputs].map(names.topic);
  // The state of a stage that is one task is in one partition, whatever its inputs have.
  const isBeside = stage.stateSchema !== undefined && !stage.isOneTask;
  const all = isBeside ? [...own, names.changelog(stage.name)] : own;
  const counts = all.flatMap((name) => {
    const topic = described.get(name);
    return topic ? [{ name, partitions: topic.partitions }] : [];
  });
  if (new Set(counts.map(({ partitions }) => partitions)).size < 2) return [];
  const list = counts.map(({ name, partitions }) => `${name} ${partitions}`).join(", ");
  return [
    error(
      `the topics of ${stage.name} differ in their partitions: ${list}`,
      "Equal keys lie in different partitions, so the stage does not start.",
      repartition,
    ),
  ];
}

function stampFindings(stamps: ReadonlyMap<string, string>): Finding[] {
  const byProducer = [...stamps].filter(([, type]) => type !== "LogAppendTime").map(([name]) => name);
  if (byProducer.length === 0) return [];
  return [
    warning(
      `the time stamps of ${byProducer.length} topics are the producers' (${byProducer.slice(0, 3).join(", ")}${byProducer.length > 3 ? ", …" : ""})`,
      "`knownAt` of live records is the broker's time stamp: with message.timestamp.type=CreateTime it is the time of the producer's clock.",
      "Run `newstape topics apply`, which sets message.timestamp.type=LogAppendTime on the topics.",
    ),
  ];
}

function meaningOf(key: string): string {
  switch (key) {
    case "retention.ms":
      return "Records are kept for another time than NEWSTAPE_RETENTION_DAYS sets; a rebuild sees what is kept.";
    default:
      return "Restoring a state takes longer, or the disk holds more than it has to.";
  }
}
