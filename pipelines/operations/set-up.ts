import { migrate } from "../runtime/database/migrate.js";
import type { Connection } from "./connection.js";
import { registerModels } from "./models.js";
import { applyPipelineTopics } from "./topics/prepare.js";

/** How much each step has changed; all 0 where everything was there. */
export interface SetUp {
  readonly changes: number;
  readonly migrations: number;
  readonly models: number;
}

/** Topics with their schemas, the database and the model registry as this build needs them. Safe to repeat. */
export async function setUp(connection: Connection): Promise<SetUp> {
  const changes = await applyPipelineTopics(connection);
  const migrations = await migrateDatabase(connection);
  const models = await registerModels(connection);
  return { changes: changes.length, migrations: migrations.length, models: models.length };
}

/** Brings the database to this build's tables; returns what was applied. */
export const migrateDatabase = (
  { config }: Pick<Connection, "config">,
  onNotice?: (line: string) => void,
): Promise<string[]> => migrate(config.databaseUrl, onNotice ? { onNotice } : {});
