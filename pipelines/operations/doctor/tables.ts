import { landingTables } from "../../landing/writers.js";
import { pendingDefinitions, readDefinitions, type Definition } from "../../runtime/database/definitions.js";
import { migrationDirectory, readMigrations } from "../../runtime/database/migrations.js";
import { error, orOk, warning, type Check, type Finding } from "./check.js";

interface Applied {
  readonly name: string;
  readonly sha256: string;
}

/** @param expected the migrations of this build */
export function migrationFindings(applied: readonly Applied[], expected: readonly Applied[]): Finding[] {
  const byName = new Map(expected.map((migration) => [migration.name, migration.sha256]));
  const names = new Set(applied.map(({ name }) => name));
  const pending = expected.filter(({ name }) => !names.has(name));
  const foreign = applied.filter(({ name }) => !byName.has(name));
  const changed = applied.filter(({ name, sha256 }) => byName.has(name) && byName.get(name) !== sha256);
  return [
    ...(pending.length > 0
      ? [
          error(
            `${pending.length} migrations are not applied: ${pending.map(({ name }) => name).join(", ")}`,
            "Tables that this build writes are missing, or as an older build had them.",
            "newstape migrate",
          ),
        ]
      : []),
    ...(foreign.length > 0
      ? [
          error(
            `the database is ahead: this build does not know ${foreign.map(({ name }) => name).join(", ")}`,
            "A later build has changed the tables.",
            "Use the build that applied them, or a later one.",
          ),
        ]
      : []),
    ...changed.map(({ name }) =>
      error(
        `the migration ${name} was changed after it had been applied`,
        "The tables may differ from the file.",
        "Restore the file.",
      ),
    ),
  ];
}

/** @param pending views and functions that do not follow what their tables have come to be */
export function definitionFindings(pending: readonly Pick<Definition, "name">[]): Finding[] {
  if (pending.length === 0) return [];
  return [
    warning(
      `views and functions are behind: ${pending.map(({ name }) => name).join(", ")}`,
      "Their definitions in this build are others, or a table has gained or lost a column since they were made.",
      "newstape migrate",
    ),
  ];
}

export const tables: Check = {
  name: "tables",
  looksAt: "migrations, tables, and the roles that keep the ledgers append-only",
  needs: ["database"],
  async run({ database, parts }) {
    const [relation] = await database.query<{ found: string | null }>(
      "SELECT to_regclass('newstape_migrations') AS found",
    );
    if (!relation?.found)
      return [error("the database holds no tables of Newstape", "It was never migrated.", "newstape migrate")];
    const [extension] = await database.query("SELECT FROM pg_extension WHERE extname = 'timescaledb'");
    const applied = await database.query<Applied>("SELECT name, sha256 FROM newstape_migrations ORDER BY name");
    const findings = migrationFindings(applied, readMigrations(extension ? "timescaledb" : "postgresql"));
    // A pending migration makes them anew anyway.
    if (findings.length === 0)
      findings.push(
        ...definitionFindings(
          await database.transaction((client) => pendingDefinitions(client, readDefinitions(migrationDirectory))),
        ),
      );
    const missing = await database.query<{ name: string }>(
      "SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NULL",
      [[...landingTables, "ml_models", "model_routes", "registry_outbox"]],
    );
    if (missing.length > 0 && !findings.some(({ severity }) => severity === "error")) {
      findings.push(
        error(
          `tables are missing: ${missing.map(({ name }) => name).join(", ")}`,
          "All migrations are noted as applied, so somebody has dropped them since; migrating again does not bring them back.",
          "Restore them from a backup, or delete the database and run `newstape migrate`, `newstape models register` and `newstape reset landing`.",
        ),
      );
    }
    const taken = parts.flatMap(({ databaseRole }) => databaseRole ?? []);
    const roles = await database.query<{ rolname: string; may: boolean }>(
      "SELECT rolname, pg_has_role(rolname, 'MEMBER') AS may FROM pg_roles WHERE rolname = ANY($1::text[])",
      [[...taken, "newstape_reader"]],
    );
    const absent = [...taken, "newstape_reader"].filter((name) => !roles.some(({ rolname }) => rolname === name));
    const refused = roles.filter(({ rolname, may }) => taken.includes(rolname) && !may).map(({ rolname }) => rolname);
    const grant = `As an administrator: CREATE ROLE …, GRANT ${taken.join(", ")} TO the user of DATABASE_URL; see deploy/migrations/001_roles.sql.`;
    if (absent.length > 0)
      findings.push(
        warning(
          `the roles ${absent.join(", ")} are missing`,
          "The ledgers are append-only by convention alone.",
          grant,
        ),
      );
    else if (refused.length > 0)
      findings.push(
        warning(
          `this user is no member of ${refused.join(", ")}`,
          "What takes on the role writes with more rights than it needs.",
          grant,
        ),
      );
    return orOk(findings, `${applied.length} migrations, all tables and roles are there`);
  },
};
