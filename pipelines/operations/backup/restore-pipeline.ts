import { publishRegistry } from "../../services/registry.js";
import { withDatabase, type Connection } from "../connection.js";
import { outrankTopic } from "./outrank-topic.js";
import { restore } from "./restore.js";

export interface Restored extends Awaited<ReturnType<typeof restore>> {
  /** Records of the registry that were published. */
  readonly published: number;
  /** Keys that the topic has and the backup does not know. */
  readonly unknown: readonly string[];
}

/** Fills the empty database from a backup, and publishes the model registry from it anew. */
export async function restorePipeline(
  connection: Connection,
  file: string,
  onTable: (table: string, rows: number) => void,
): Promise<Restored> {
  const restored = await restore(connection.config.databaseUrl, file, onTable);
  return withDatabase(
    connection,
    async (database) => {
      const unknown = await outrankTopic(connection, database);
      return { ...restored, unknown, published: await publishRegistry(connection, database) };
    },
    2,
  );
}
