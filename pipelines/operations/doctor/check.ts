/** What a check of `newstape doctor` is: one thing that can be wrong, how to see it, and what mends it. */
import type { SubjectClient } from "../topics/subjects.js";
import type { PipelineConfig } from "../../config.js";
import type { Database } from "../../runtime/database/database.js";
import type { ClusterAdmin } from "../../runtime/kafka/admin.js";
import type { Kafka } from "../../runtime/kafka/client.js";
import type { OperationsAdmin } from "../../runtime/kafka/operations-admin.js";
import type { PartitionLog } from "../../runtime/kafka/partition-log.js";
import type { Names } from "../../runtime/names.js";
import type { Part } from "../../stages/part.js";

/** unknown: could not be looked at, because something else is wrong. */
export type Severity = "ok" | "warning" | "error" | "unknown";

export interface Finding {
  readonly severity: Severity;
  /** What is so, and where. */
  readonly summary: string;
  /** What it means; for what is not ok. */
  readonly explanation?: string;
  /** The command, or the step, that mends it. */
  readonly fix?: string;
}

/** The servers that a check may need. */
export type Server = "kafka" | "registry" | "database";

/** What the checks look at. No request has been made yet. */
export interface Surroundings {
  readonly config: PipelineConfig;
  /** Of the local stack, whether or not it runs. */
  readonly stackDirectory: string;
  readonly names: Names;
  readonly parts: readonly Part[];
  readonly kafka: Kafka;
  readonly admin: ClusterAdmin;
  readonly operations: OperationsAdmin;
  readonly log: PartitionLog;
  readonly subjects: SubjectClient;
  readonly database: Database;
  /** Look at everything where a check otherwise keeps to what is recent. */
  readonly wholeHistory?: boolean;
}

export interface Check {
  readonly name: string;
  /** What it looks at, for `--help`. */
  readonly looksAt: string;
  /** Without these it cannot look: their own checks explain why they are away. */
  readonly needs: readonly Server[];
  /** At least one finding; throwing means that it could not look. */
  run(surroundings: Surroundings): Promise<readonly Finding[]>;
}

export const ok = (summary: string): Finding => ({ severity: "ok", summary });
export const warning = (summary: string, explanation: string, fix: string): Finding => ({
  severity: "warning",
  summary,
  explanation,
  fix,
});
export const error = (summary: string, explanation: string, fix: string): Finding => ({
  severity: "error",
  summary,
  explanation,
  fix,
});
export const unknown = (summary: string, explanation: string): Finding => ({
  severity: "unknown",
  summary,
  explanation,
});

/** The findings, or one that all is well. */
export const orOk = (findings: readonly Finding[], summary: string): readonly Finding[] =>
  findings.length > 0 ? findings : [ok(summary)];
