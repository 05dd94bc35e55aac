import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { packageRoot } from "../../../deploy/local/paths.js";
import { cleanStack } from "../../../deploy/local/stack.js";

/** The downloads are shared with the stack that the tests were started with; only the data is new. */
export const cacheDirectory = join(packageRoot(), ".newstape", "cache");

/** A directory for one test's stack. Whatever runs in it ends with the test. */
export async function temporaryStackDirectory(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "newstape-stack-"));
  await chmod(directory, 0o755);
  context.after(async () => {
    await cleanStack(directory);
    await rm(directory, { recursive: true, force: true });
  });
  return directory;
}

/** Addresses for the components that a test does not need. */
export const elsewhere = {
  kafka: { kafkaBrokers: ["kafka.test:9092"] },
  registry: { schemaRegistryUrl: "http://registry.test" },
  postgres: { databaseUrl: "postgresql://database.test/newstape" },
};
