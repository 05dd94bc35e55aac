import { Command } from "commander";
import { cleanStack, startStack, stopStack } from "../../../deploy/local/stack.js";
import { readConfig } from "../../runtime/config.js";
import { downloadDirectory, say, stackDirectory } from "../context.js";

export function upCommand(): Command {
  return new Command("up")
    .description("Start the local Kafka, schema registry and PostgreSQL; print their addresses as variables.")
    .action(async () => {
      const config = readConfig();
      const endpoints = await startStack({
        dataDirectory: stackDirectory(config),
        cacheDirectory: downloadDirectory(config),
        external: { ...config.external },
        java: config.java,
        onProgress: say,
      });
      console.log(`KAFKA_BROKERS=${endpoints.kafkaBrokers.join(",")}`);
      console.log(`SCHEMA_REGISTRY_URL=${endpoints.schemaRegistryUrl}`);
      console.log(`DATABASE_URL=${endpoints.databaseUrl}`);
    });
}

export function downCommand(): Command {
  return new Command("down")
    .description("Stop the local stack; what it stored stays.")
    .option("--clean", "remove its data too, but not the downloads")
    .action(async ({ clean }: { clean?: boolean }) => {
      const directory = stackDirectory(readConfig());
      const stopped = await stopStack(directory, say);
      say(stopped.length > 0 ? `stopped: ${stopped.join(", ")}` : "nothing was running");
      if (clean) {
        await cleanStack(directory, say);
        say("data removed");
      }
    });
}
