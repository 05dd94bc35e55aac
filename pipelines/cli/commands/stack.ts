import { Command } from "commander";
import { cleanStack, startStack, stopStack } from "../../../deploy/local/stack.js";
import { readConfig } from "../../config.js";
import { downloadDirectory, stackDirectory } from "../../operations/connection.js";
import { say } from "../context.js";
import { withJson, writeJson } from "../output.js";

export function upCommand(): Command {
  return withJson(new Command("up"), "{kafkaBrokers: [address], schemaRegistryUrl, databaseUrl}")
    .description("Start the local Kafka, schema registry and PostgreSQL; print their addresses as variables.")
    .action(async ({ json }: { json?: boolean }) => {
      const config = readConfig();
      const endpoints = await startStack({
        dataDirectory: stackDirectory(config),
        cacheDirectory: downloadDirectory(config),
        external: { ...config.external },
        java: config.java,
        onProgress: say,
      });
      if (json) return writeJson(endpoints);
      console.log(`KAFKA_BROKERS=${endpoints.kafkaBrokers.join(",")}`);
      console.log(`SCHEMA_REGISTRY_URL=${endpoints.schemaRegistryUrl}`);
      console.log(`DATABASE_URL=${endpoints.databaseUrl}`);
    });
}

export function downCommand(): Command {
  return withJson(new Command("down"), "{stopped: [server], cleaned}")
    .description("Stop the local stack; what it stored stays.")
    .option("--clean", "remove its data too, but not the downloads")
    .action(async ({ clean, json }: { clean?: boolean; json?: boolean }) => {
      const directory = stackDirectory(readConfig());
      const stopped = await stopStack(directory, say);
      say(stopped.length > 0 ? `stopped: ${stopped.join(", ")}` : "nothing was running");
      if (clean) {
        await cleanStack(directory, say);
        say("data removed");
      }
      if (json) writeJson({ stopped, cleaned: clean ?? false });
    });
}
