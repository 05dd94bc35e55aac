/** What the doctor and the operations request of a cluster, out of memory: all as it should be unless a test changes it. */
import type { Surroundings } from "../../pipelines/operations/doctor/index.js";
import { desiredTopics, type DesiredTopic } from "../../pipelines/operations/topics/plan.js";
import { subjectOf, schemaText } from "../../pipelines/runtime/codec.js";
import { readConfig } from "../../pipelines/config.js";
import type { CommittedOffset, StoredRecord } from "../../pipelines/runtime/kafka/types.js";
import { namesUnder } from "../../pipelines/runtime/names.js";
import { parts } from "../../pipelines/stages/parts.js";
import { MemoryLog } from "./memory-log.js";

export interface FakeCluster {
  /** By name. */
  readonly topics: Map<string, DesiredTopic>;
  /** Schemas by subject, with the rule. */
  readonly subjects: Map<string, { text: string; rule: string }>;
  readonly settings: Record<string, string>;
  /** By group. */
  readonly committed: Map<string, CommittedOffset[]>;
  readonly members: Map<string, string[]>;
  /** By a part of the query's text. */
  readonly rows: Map<string, readonly unknown[]>;
  records: readonly StoredRecord[];
}

export function fakeSurroundings(environment: NodeJS.ProcessEnv = {}) {
  const config = readConfig(environment);
  const names = namesUnder(config.topicPrefix);
  const desired = desiredTopics(config, parts);
  const cluster: FakeCluster = {
    topics: new Map(desired.map((topic) => [topic.name, topic])),
    subjects: new Map(
      desired.flatMap(({ name, schema }) =>
        schema ? [[subjectOf(name), { text: schemaText(schema.file), rule: schema.compatibility }]] : [],
      ),
    ),
    settings: { "message.timestamp.type": "LogAppendTime" },
    committed: new Map(),
    members: new Map(),
    rows: new Map(),
    records: [],
  };
  const admin = {
    listTopics: async () => [...cluster.topics.keys()],
    describeTopics: async () => cluster.topics,
    committed: async (group: string) => cluster.committed.get(group) ?? [],
  };
  const operations = {
    setting: async (of: string[], key: string) => new Map(of.map((name) => [name, cluster.settings[key] ?? ""])),
    describeGroups: async (groups: string[]) =>
      groups.map((groupId) => {
        const members = (cluster.members.get(groupId) ?? []).map((host) => ({ memberId: "m", host, assignment: {} }));
        return { groupId, state: members.length > 0 ? "Stable" : "Empty", members };
      }),
  };
  const subjects = {
    isRegistered: async (subject: string, text: string) => cluster.subjects.get(subject)?.text === text,
    isCompatible: async (subject: string) => cluster.subjects.get(subject)?.text !== "another",
    compatibility: async (subject: string) => cluster.subjects.get(subject)?.rule,
  };
  const rowsOf = async (text: string) => [...cluster.rows].find(([part]) => text.includes(part))?.[1] ?? [];
  const database = {
    query: rowsOf,
    transaction: async (work: (client: object) => Promise<unknown>) =>
      work({ query: async (text: string) => ({ rows: await rowsOf(text) }) }),
  };
  const log = () => new MemoryLog(cluster.records, config.partitions);
  const surroundings = {
    config,
    names,
    parts,
    admin,
    operations,
    subjects,
    database,
    stackDirectory: "/nowhere",
    kafka: undefined,
    get log() {
      return log();
    },
  } as unknown as Surroundings;
  return { cluster, surroundings, desired };
}
