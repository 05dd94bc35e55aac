import type { Connection } from "../operations/connection.js";
import type { OperationsAccess } from "../operations/reset.js";
import { OperationsAdmin } from "../runtime/kafka/operations-admin.js";
import { openContext } from "./context.js";

export type OperationsContext = Connection & OperationsAccess;

/** A context with what operations need besides; everything is closed afterwards. */
export async function withOperations<Result>(action: (context: OperationsContext) => Promise<Result>): Promise<Result> {
  const context = await openContext({ logLevel: "warn" });
  const operations = new OperationsAdmin(context.kafka);
  try {
    return await action({ ...context, operations });
  } finally {
    await operations.close();
    await context.close();
  }
}
