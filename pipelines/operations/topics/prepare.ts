/** Topics, schemas and rights of the pipeline as they are to be: planned, and brought about. */
import { AccessAdmin } from "../../runtime/kafka/access-admin.js";
import type { Connection } from "../connection.js";
import { accessRules, planAccess, roles, type AccessPlan } from "./access.js";
import { applyPlan } from "./apply.js";
import { neededReplicas, replicationFor } from "./durability.js";
import { desiredTopics, planTopics, type Change } from "./plan.js";
import { SubjectClient } from "./subjects.js";

type Access = Pick<Connection, "config" | "kafka" | "admin" | "parts">;

export interface Notices {
  /** A setting under which an acknowledged record may be lost. */
  readonly onRisk?: (line: string) => void;
  /** A change that was made. */
  readonly onChange?: (change: Change) => void;
}

/** What is short of what this build needs. */
export const planPipelineTopics = (access: Access, notices: Pick<Notices, "onRisk"> = {}): Promise<readonly Change[]> =>
  plan(access, new SubjectClient(access.config), notices);

/** Brings topics and schemas to what this build needs; returns the changes. */
export async function applyPipelineTopics(access: Access, notices: Notices = {}): Promise<readonly Change[]> {
  const subjects = new SubjectClient(access.config);
  const changes = await plan(access, subjects, notices);
  await applyPlan(changes, access.admin, subjects, (change) => notices.onChange?.(change));
  return changes;
}

async function plan(
  { config, admin, parts }: Access,
  subjects: SubjectClient,
  { onRisk }: Pick<Notices, "onRisk">,
): Promise<readonly Change[]> {
  const brokers = await admin.brokerCount();
  const replication = replicationFor(config.replication, brokers);
  if (replication < neededReplicas(brokers)) {
    onRisk?.(
      `NEWSTAPE_REPLICATION=${replication} on ${brokers} brokers: an acknowledged record may be lost with one of them; ${neededReplicas(brokers)} are needed`,
    );
  }
  return planTopics(desiredTopics(config, parts, brokers), admin, subjects);
}

/** @param principal the users' names, where {role} stands for the stage */
export const planPipelineAccess = (access: Access, principal: string): Promise<AccessPlan> =>
  withAccess(access, principal, async (planned) => planned);

/** Adds the rights that are missing; returns what was missing, and the rules of others. */
export const applyPipelineAccess = (access: Access, principal: string): Promise<AccessPlan> =>
  withAccess(access, principal, async (planned, admin) => {
    await admin.create(planned.missing);
    return planned;
  });

async function withAccess<Result>(
  { config, kafka, parts }: Access,
  principal: string,
  work: (planned: AccessPlan, admin: AccessAdmin) => Promise<Result>,
): Promise<Result> {
  const admin = new AccessAdmin(kafka);
  try {
    const desired = accessRules(roles(config.topicPrefix, parts), principal);
    return await work(planAccess(desired, await admin.list()), admin);
  } finally {
    await admin.close();
  }
}
