import { parseArgs } from "node:util";
import { join } from "node:path";
import { packageRoot } from "./paths.js";
import { cleanStack, stackStatus, startStack, stopStack, StackError } from "./stack.js";

const usage = "usage: main.js up|down|clean|status [--data DIRECTORY] [--cache DIRECTORY] [--any-ports]";

/** The local stack alone, for development: prints the addresses as the environment variables that everything else reads. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { data: { type: "string" }, cache: { type: "string" }, "any-ports": { type: "boolean", default: false } },
  });
  const shared = join(packageRoot(), ".newstape");
  const dataDirectory = values.data ?? shared;
  const onProgress = (line: string): void => console.error(line);
  switch (positionals[0]) {
    case "up": {
      const ports = values["any-ports"] ? { ports: "any" as const } : {};
      const endpoints = await startStack({
        dataDirectory,
        cacheDirectory: values.cache ?? join(shared, "cache"),
        ...ports,
        onProgress,
      });
      console.log(`KAFKA_BROKERS=${endpoints.kafkaBrokers.join(",")}`);
      console.log(`SCHEMA_REGISTRY_URL=${endpoints.schemaRegistryUrl}`);
      console.log(`DATABASE_URL=${endpoints.databaseUrl}`);
      return;
    }
    case "down":
      console.error(`stopped: ${(await stopStack(dataDirectory, onProgress)).join(", ") || "nothing was running"}`);
      return;
    case "clean":
      return cleanStack(dataDirectory, onProgress);
    case "status":
      for (const { title, port, healthy, pid, memoryBytes } of await stackStatus(dataDirectory)) {
        const memory = memoryBytes === undefined ? "" : `, ${Math.round(memoryBytes / 2 ** 20)} MiB`;
        console.log(`${title}: ${healthy ? "healthy" : "down"}, port ${port}, pid ${pid ?? "-"}${memory}`);
      }
      return;
    case undefined:
    default:
      console.error(usage);
      process.exitCode = 2;
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof StackError ? error.message : error);
  process.exitCode = 1;
});
