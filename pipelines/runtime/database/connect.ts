import pg from "pg";
import { messageOf, UserError } from "../errors.js";

/**
 * A connection of one's own, for what needs a session: locks, snapshots, copies.
 *
 * @param purpose shown to who looks at the server's sessions
 * @throws UserError when the database does not answer
 */
export async function connectDatabase(databaseUrl: string, purpose: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: `newstape-${purpose}` });
  // A connection that breaks fails the query that is under way; the event needs no other handling.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new UserError(
      `The database does not answer: ${messageOf(error)}`,
      "Check DATABASE_URL, or run `newstape up`.",
      { cause: error },
    );
  }
  return client;
}
