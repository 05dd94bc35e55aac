/** What the broker and the registry should hold, and how that differs from what they hold. */
import { topicNames, topics, type Compatibility } from "../../../schemas/topics.js";
import { schemaText, subjectOf } from "../../runtime/codec.js";
import type { Config } from "../../runtime/config.js";
import type { ClusterAdmin, TopicSettings } from "../../runtime/kafka/admin.js";
import { namesUnder } from "../../runtime/names.js";
import type { Part } from "../../stages/part.js";
import { replicationFor, safetyOf } from "./durability.js";
import type { SubjectClient } from "./subjects.js";

export interface DesiredTopic extends TopicSettings {
  readonly name: string;
  readonly schema?: { readonly file: string; readonly compatibility: Compatibility };
}

export type Change =
  | { readonly kind: "create topic"; readonly topic: DesiredTopic }
  | {
      readonly kind: "configure topic";
      readonly topic: DesiredTopic;
      readonly from: Readonly<Record<string, string | undefined>>;
    }
  /** Cannot be applied: keys would move between tasks. */
  | { readonly kind: "conflict"; readonly topic: DesiredTopic; readonly reason: string }
  /** Kafka changes it by `kafka-reassign-partitions.sh` alone, so that it is shown and left. */
  | { readonly kind: "reassign topic"; readonly topic: DesiredTopic; readonly replication: number }
  | { readonly kind: "register schema"; readonly topic: DesiredTopic; readonly subject: string }
  | {
      readonly kind: "set compatibility";
      readonly topic: DesiredTopic;
      readonly subject: string;
      readonly from: string | undefined;
    };

/**
 * Every topic of the catalogue and those of the given parts, with their settings.
 *
 * @param brokers how many the cluster has: a topic gets three replicas where that is possible, unless NEWSTAPE_REPLICATION
 *   is set
 */
export function desiredTopics(config: Config, parts: readonly Part[], brokers = 1): DesiredTopic[] {
  const names = namesUnder(config.topicPrefix);
  const { partitions } = config;
  const replication = replicationFor(config.replication, brokers);
  const kept = { "cleanup.policy": "delete", "retention.ms": String(config.retentionMs) };
  // On every topic: retention and `knownAt` go by the broker's clock, whatever the cluster's default is.
  const common = { ...safetyOf(replication), "message.timestamp.type": "LogAppendTime" };
  const catalogue = topicNames.map((topicName): DesiredTopic => {
    const { schemaFile, compatibility, cleanup, partitions: policy } = topics[topicName];
    return {
      name: names.topic(topicName),
      partitions: policy === "one" ? 1 : partitions,
      replication,
      config: { ...common, ...(cleanup === "compact" ? { "cleanup.policy": "compact" } : kept) },
      schema: { file: schemaFile, compatibility },
    };
  });
  const changelogOf = (part: Part): DesiredTopic[] =>
    part.stateSchema === undefined
      ? []
      : [
          {
            name: names.changelog(part.name),
            partitions: part.isOneTask ? 1 : partitions,
            replication,
            // Small segments and early cleaning keep a restore short.
            config: {
              ...common,
              "cleanup.policy": "compact",
              "segment.bytes": String(16 << 20),
              "min.cleanable.dirty.ratio": "0.1",
            },
            schema: { file: part.stateSchema, compatibility: "BACKWARD" },
          },
        ];
  const rejectsOf = ({ name, hasRejects }: Part): DesiredTopic[] =>
    hasRejects ? [{ name: names.rejected(name), partitions, replication, config: { ...common, ...kept } }] : [];
  return [...catalogue, ...parts.flatMap((part) => [...changelogOf(part), ...rejectsOf(part)])];
}

/** The changes that would bring broker and registry to what is desired; none when all is as it should be. */
export async function planTopics(
  desired: readonly DesiredTopic[],
  admin: ClusterAdmin,
  subjects: SubjectClient,
): Promise<Change[]> {
  const existing = new Set(await admin.listTopics());
  const described = await admin.describeTopics(desired.map(({ name }) => name).filter((name) => existing.has(name)));
  const changes: Change[] = [];
  for (const topic of desired) {
    const actual = described.get(topic.name);
    if (!actual) changes.push({ kind: "create topic", topic });
    else if (actual.partitions !== topic.partitions) {
      const reason = `has ${actual.partitions} partitions, ${topic.partitions} are wanted; keys would move to other tasks`;
      changes.push({ kind: "conflict", topic, reason });
    } else {
      const { replication } = actual;
      if (replication < topic.replication) changes.push({ kind: "reassign topic", topic, replication });
      const wanted = { ...topic, config: bearable(topic.config, replication) };
      const differing = Object.keys(wanted.config).filter((key) => actual.config[key] !== wanted.config[key]);
      const from = Object.fromEntries(differing.map((key) => [key, actual.config[key]]));
      if (differing.length > 0) changes.push({ kind: "configure topic", topic: wanted, from });
    }
    if (!topic.schema) continue;
    const subject = subjectOf(topic.name);
    if (!(await subjects.isRegistered(subject, schemaText(topic.schema.file)))) {
      changes.push({ kind: "register schema", topic, subject });
    }
    const compatibility = await subjects.compatibility(subject);
    if (compatibility !== topic.schema.compatibility) {
      changes.push({ kind: "set compatibility", topic, subject, from: compatibility });
    }
  }
  return changes;
}

/** With more replicas in sync required than there are, nothing could be written any more. */
function bearable(config: TopicSettings["config"], replication: number): TopicSettings["config"] {
  const key = "min.insync.replicas";
  if (Number(config[key] ?? 0) <= replication) return config;
  return Object.fromEntries(Object.entries(config).filter(([name]) => name !== key));
}

/** One line a change, for people. */
export function describeChange(change: Change): string {
  switch (change.kind) {
    case "create topic":
      return `+ topic ${change.topic.name}: ${change.topic.partitions} partitions, ${change.topic.replication} ${change.topic.replication === 1 ? "replica" : "replicas"}, ${settings(change.topic.config)}`;
    case "configure topic":
      return `~ topic ${change.topic.name}: ${Object.entries(change.from)
        .map(([key, value]) => `${key} ${value ?? "default"} → ${change.topic.config[key]}`)
        .join(", ")}`;
    case "conflict":
      return `! topic ${change.topic.name}: ${change.reason}`;
    case "reassign topic":
      return `! topic ${change.topic.name}: ${change.replication} replicas, ${change.topic.replication} are wanted; stays as it is: use kafka-reassign-partitions.sh, then apply again`;
    case "register schema":
      return `+ schema ${change.subject}: ${change.topic.schema?.file}`;
    case "set compatibility":
      return `~ compatibility ${change.subject}: ${change.from ?? "unset"} → ${change.topic.schema?.compatibility}`;
  }
}

const settings = (config: Readonly<Record<string, string>>): string =>
  Object.entries(config)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
