import { databaseHealth } from "../../runtime/database/health.js";
import { messageOf } from "../../runtime/errors.js";
import { error, ok, warning, type Check, type Finding } from "./check.js";

export const database: Check = {
  name: "database",
  looksAt: "whether the database answers, its version, TimescaleDB and its background jobs",
  needs: [],
  async run({ config, database: pool }) {
    if (config.databaseUrl === "")
      return [error("no database is known", "The local stack was never started.", "newstape up")];
    try {
      const health = await pool.transaction((client) => databaseHealth(client));
      const extension = health.timescaledb
        ? `TimescaleDB ${health.timescaledb}`
        : "without TimescaleDB (views stand in)";
      const findings: Finding[] = [ok(`PostgreSQL ${health.server}, ${extension}`)];
      if (Number.parseInt(health.server, 10) < 15)
        findings.push(
          error(`PostgreSQL ${health.server} is too old`, "Newstape needs 15 or later.", "Upgrade the server."),
        );
      if (health.failedJobs > 0) {
        findings.push(
          warning(
            `${health.failedJobs} runs of TimescaleDB's jobs failed in the last day`,
            "Aggregates are not refreshed, the columnstore is not filled, old chunks are not dropped.",
            "psql \"$DATABASE_URL\" -c 'SELECT * FROM timescaledb_information.job_errors ORDER BY start_time DESC LIMIT 5'",
          ),
        );
      }
      return findings;
    } catch (fault) {
      return [
        error(
          `the database does not answer: ${messageOf(fault)}`,
          "The landing waits and the models cannot be registered; the stages go on.",
          "Check DATABASE_URL, or run `newstape up`.",
        ),
      ];
    }
  },
};
