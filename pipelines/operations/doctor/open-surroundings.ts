import { realpath } from "node:fs/promises";
import { recordedIn } from "../../../deploy/local/catalogue.js";
import { readState } from "../../../deploy/local/state.js";
import type { Surroundings } from "./index.js";
import { readConfig } from "../../config.js";
import type { LocalEndpoints } from "../../runtime/config.js";
import { Database } from "../../runtime/database/database.js";
import { ClusterAdmin } from "../../runtime/kafka/admin.js";
import { createKafka } from "../../runtime/kafka/client.js";
import { OperationsAdmin } from "../../runtime/kafka/operations-admin.js";
import { PartitionLog } from "../../runtime/kafka/partition-log.js";
import { createLogger } from "../../runtime/logger.js";
import { namesUnder } from "../../runtime/names.js";
import { parts } from "../../stages/parts.js";
import { SubjectClient } from "../topics/subjects.js";
import { stackDirectory } from "../connection.js";

/** Where the local stack would be found, without starting it; empty addresses for what was never started. */
async function recordedEndpoints(directory: string): Promise<LocalEndpoints> {
  const addresses = new Map<string, string>();
  const dataDirectory = await realpath(directory).catch(() => undefined);
  if (dataDirectory !== undefined) {
    for (const { component, place } of recordedIn(dataDirectory, await readState(dataDirectory))) {
      const address = await component.address(place).catch(() => undefined);
      if (address !== undefined) addresses.set(component.name, address);
    }
  }
  const kafka = addresses.get("kafka");
  return {
    kafkaBrokers: kafka ? [kafka] : [],
    schemaRegistryUrl: addresses.get("registry") ?? "",
    databaseUrl: addresses.get("postgres") ?? "",
  };
}

/** Clients with little patience, none of them connected yet: a server that is away is a finding, not a reason to wait. */
export async function openSurroundings(): Promise<Surroundings & { close(): Promise<void> }> {
  const directory = stackDirectory(readConfig());
  const config = readConfig(undefined, await recordedEndpoints(directory));
  const kafka = createKafka(config, createLogger("silent"), "newstape-doctor", {
    initialRetryTime: 50,
    maxRetryTime: 500,
    retries: 2,
  });
  const clients = {
    admin: new ClusterAdmin(kafka),
    operations: new OperationsAdmin(kafka),
    log: new PartitionLog(kafka),
    // Without an address the driver would look for a server of its own accord.
    database: new Database(config.databaseUrl || "postgresql://127.0.0.1:1/none", { connections: 3 }),
  };
  return {
    config,
    stackDirectory: directory,
    names: namesUnder(config.topicPrefix),
    parts,
    kafka,
    subjects: new SubjectClient(config),
    ...clients,
    close: async () => {
      await Promise.allSettled([
        clients.admin.close(),
        clients.operations.close(),
        clients.log.close(),
        clients.database.close(),
      ]);
    },
  };
}
