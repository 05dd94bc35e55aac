import pg from "pg";
import { connectionRemedy, databaseOptions, noAnswer } from "./options.js";

/**
 * A connection of one's own, for what needs a session: locks, snapshots, copies.
 *
 * @param purpose shown to who looks at the server's sessions
 * @throws UserError when the database does not answer
 */
export async function connectDatabase(databaseUrl: string, purpose: string): Promise<pg.Client> {
  const client = new pg.Client({ ...databaseOptions(databaseUrl), application_name: `newstape-${purpose}` });
  // A connection that breaks fails the query that is under way; the event needs no other handling.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw noAnswer(error, connectionRemedy(error));
  }
  return client;
}
