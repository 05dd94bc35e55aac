/** The whole pipeline under a prefix of its own: topics, a migrated database, the bundled models registered. */
import type { TestContext } from "node:test";
import { registerDefaultModels } from "../../models/registry/defaults.js";
import { RegistryStore } from "../../models/registry/store.js";
import type { BackfillProgress } from "../../pipelines/operations/backfill/backfill.js";
import { universeOfSymbols } from "../../pipelines/ingest/index.js";
import { publishRegistry } from "../../pipelines/services/registry.js";
import { stages } from "../../pipelines/stages/index.js";
import { bundledSlice } from "../../schemas/files.js";
import { cloneDatabase, type TestDatabase } from "./database.js";
import { createTestCluster, type TestCluster } from "./kafka.js";

export const sliceFiles = { newsFile: bundledSlice.news, barsFile: bundledSlice.bars };
/** A few symbols of the slice: everything is real, only less of it. */
export const sliceSymbolNames = ["MMM", "HON", "UNH", "ABB", "DHR"];
export const sliceSymbols = universeOfSymbols(sliceSymbolNames);

export const silentProgress: BackfillProgress = {
  read: () => undefined,
  loading: () => undefined,
  stage: () => undefined,
  stageDone: () => undefined,
  slice: () => undefined,
};

export interface TestPipeline extends TestCluster {
  readonly database: TestDatabase["database"];
}

/** @param overrides environment variables, e.g. `{ NEWSTAPE_BATCH_RECORDS: "7" }` */
export async function createPipeline(t: TestContext, overrides: NodeJS.ProcessEnv = {}): Promise<TestPipeline> {
  const { url, database, close } = await cloneDatabase();
  t.after(close);
  const cluster = await createTestCluster(t, stages, { ...overrides, DATABASE_URL: url });
  const { artifactDirectory, finbertShare } = cluster.config;
  await registerDefaultModels(new RegistryStore(database), artifactDirectory, finbertShare);
  await publishRegistry(cluster, database);
  return { ...cluster, database };
}
