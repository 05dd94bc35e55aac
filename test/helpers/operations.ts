import type { PipelineConfig } from "../../pipelines/config.js";
import type { RebuildAccess } from "../../pipelines/operations/rebuild.js";
import { ClusterAdmin } from "../../pipelines/runtime/kafka/admin.js";
import { createKafka } from "../../pipelines/runtime/kafka/client.js";
import { OperationsAdmin } from "../../pipelines/runtime/kafka/operations-admin.js";
import { PartitionLog } from "../../pipelines/runtime/kafka/partition-log.js";
import { createLogger } from "../../pipelines/runtime/logger.js";
import { namesUnder } from "../../pipelines/runtime/names.js";
import type { AnyStage } from "../../pipelines/runtime/stage/definition.js";
import { partsOf } from "../../pipelines/stages/parts.js";

/** What operations work with, for any stages. */
export function openOperations(config: PipelineConfig, stages: readonly AnyStage[]) {
  const kafka = createKafka(config, createLogger("silent"), "operations");
  const [admin, operations, log] = [new ClusterAdmin(kafka), new OperationsAdmin(kafka), new PartitionLog(kafka)];
  const access: Omit<RebuildAccess, "routers" | "createProducer"> = {
    config,
    kafka,
    admin,
    operations,
    log,
    names: namesUnder(config.topicPrefix),
    parts: partsOf(stages),
  };
  const close = async (): Promise<void> => {
    await Promise.all([admin.close(), operations.close(), log.close()]);
  };
  return { access, close };
}
