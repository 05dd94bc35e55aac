import type { OperationsAccess } from "../operations/reset.js";
import { OperationsAdmin } from "../runtime/kafka/operations-admin.js";
import { PartitionLog } from "../runtime/kafka/partition-log.js";
import { openContext, type Context } from "./context.js";

/** A context with what operations need besides; everything is closed afterwards. */
export async function withOperations<Result>(
  action: (context: Context & OperationsAccess) => Promise<Result>,
): Promise<Result> {
  const context = await openContext({ logLevel: "warn" });
  const operations = new OperationsAdmin(context.kafka);
  const log = new PartitionLog(context.kafka);
  try {
    return await action({ ...context, operations, log });
  } finally {
    await operations.close();
    await log.close();
    await context.close();
  }
}
