/** A child process that rebuilds the count stage and stops inside the transaction of its second task: to be killed there. */
import { countStage } from "./count-stage.js";
import { openOperations } from "./operations.js";
import { rebuild } from "../../pipelines/operations/rebuild.js";
import { BulkTransaction } from "../../pipelines/runtime/kafka/bulk-transaction.js";
import { readConfig } from "../../pipelines/config.js";

const { access } = openOperations(readConfig(), [countStage]);
/** What it leaves open ends soon, by the broker's time-out. */
const openForMs = 5000;
let transactions = 0;

class HeldTransaction extends BulkTransaction {
  protected override async beforeCommit(): Promise<void> {
    transactions += 1;
    if (transactions < 2) return;
    process.send?.({ held: "transaction" });
    await new Promise(() => undefined);
  }
}

// Keeps the process alive while it is held.
setInterval(() => undefined, 1000);
await rebuild(
  { ...access, routers: {} as never, createProducer: (id) => new HeldTransaction(access.kafka, id, openForMs) },
  countStage,
);
