import { UserError } from "../../runtime/errors.js";
import { withDatabase, type Connection } from "../connection.js";
import { setUp } from "../set-up.js";
import { planPipelineTopics } from "../topics/prepare.js";

/**
 * Topics, schemas, tables and models are there. A local stack gets what it lacks; of another one it is said.
 *
 * @throws UserError that names the commands that bring about what is missing
 */
export async function prepare(connection: Connection): Promise<void> {
  const { kafkaBrokers, schemaRegistryUrl, databaseUrl } = connection.config.external;
  const isLocal = kafkaBrokers === undefined && schemaRegistryUrl === undefined && databaseUrl === undefined;
  if (isLocal) {
    await setUp(connection);
    return;
  }
  const missing: string[] = [];
  const changes = await planPipelineTopics(connection);
  if (changes.some(({ kind }) => kind === "create topic" || kind === "register schema"))
    missing.push("newstape topics apply");
  if (!(await hasTables(connection))) missing.push("newstape migrate", "newstape models register");
  if (missing.length === 0) return;
  const [first, ...others] = missing.map((command) => `\`${command}\``);
  throw new UserError("The stack is not set up for this pipeline", `Run ${[first, ...others].join(", then ")}.`);
}

const hasTables = (connection: Connection): Promise<boolean> =>
  withDatabase(connection, async (database) => {
    const rows = await database.query<{ found: string | null }>(
      "SELECT to_regclass('bars')::text AS found UNION ALL SELECT to_regclass('model_routes')::text",
    );
    return rows.every(({ found }) => found !== null);
  });
