import pg from "pg";
import type { Queryable, Transactional } from "../../../schemas/queryable.js";
import { connectionRemedy, databaseOptions, noAnswer } from "./options.js";

/** A pool of connections to PostgreSQL or TimescaleDB. */
export class Database implements Transactional {
  readonly #pool: pg.Pool;

  constructor(url: string, options: { readonly connections?: number } = {}) {
    this.#pool = new pg.Pool({
      ...databaseOptions(url),
      max: options.connections ?? 4,
      application_name: "newstape",
      connectionTimeoutMillis: 10_000,
    });
    // A connection that breaks while idle is replaced with the next query.
    this.#pool.on("error", () => undefined);
  }

  async transaction<Result>(work: (client: Queryable) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    // A connection that breaks between two statements emits an error event: without a listener it would end the process.
    const onBroken = (error: Error): void => void (broken = error);
    client.on("error", onBroken);
    try {
      await client.query("BEGIN");
      const result = await work(client);
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client
        .query("ROLLBACK")
        .catch((fault: unknown) => (broken = fault instanceof Error ? fault : new Error(String(fault))));
      throw error;
    } finally {
      client.off("error", onBroken);
      client.release(broken);
    }
  }

  /** @throws UserError when the database does not answer */
  async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      return (await this.#pool.query(text, [...values])).rows as Row[];
    } catch (error) {
      const remedy = connectionRemedy(error);
      if (remedy !== undefined) throw noAnswer(error, remedy);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
