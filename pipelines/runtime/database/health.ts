import type { Queryable } from "../../../schemas/queryable.js";

export interface DatabaseHealth {
  readonly server: string;
  /** Version of the extension; undefined without it. */
  readonly timescaledb: string | undefined;
  /**
   * Failed runs of TimescaleDB's jobs in the last day: without them nothing refreshes the aggregates or fills the
   * columnstore. (On PostgreSQL 15.20 the jobs of TimescaleDB 2.28 were seen to fail.)
   */
  readonly failedJobs: number;
}

/** How the database does, for a health check. */
export async function databaseHealth(client: Queryable): Promise<DatabaseHealth> {
  const { rows } = await client.query<{ server: string; timescaledb: string | null }>(
    `SELECT current_setting('server_version') AS server,
            (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS timescaledb`,
  );
  const { server = "unknown", timescaledb = null } = rows[0] ?? {};
  if (timescaledb === null) return { server, timescaledb: undefined, failedJobs: 0 };
  const errors = await client.query<{ count: string }>(
    "SELECT count(*) FROM timescaledb_information.job_errors WHERE start_time > now() - INTERVAL '1 day'",
  );
  return { server, timescaledb, failedJobs: Number(errors.rows[0]?.count ?? 0) };
}
