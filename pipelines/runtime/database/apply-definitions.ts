import type pg from "pg";
import { messageOf, UserError } from "../errors.js";
import { fingerprint, pendingDefinitions, type Definition } from "./definitions.js";

/**
 * Applies what has changed, all of it or nothing. A view or function that cannot take on its new shape in place (a column
 * is gone, or has another name or type) is dropped and made anew, with the rights that others had to it.
 *
 * @param client whose session holds the lock of whoever migrates
 * @returns files of the definitions applied now
 * @throws UserError when one fails
 */
export async function applyDefinitions(client: pg.Client, definitions: readonly Definition[]): Promise<string[]> {
  const pending = await pendingDefinitions(client, definitions);
  if (pending.length === 0) return [];
  await client.query("BEGIN");
  try {
    for (const definition of pending) await applyOne(client, definition);
    for (const definition of pending) {
      await client.query(
        `INSERT INTO newstape_definitions (file, sha256) VALUES ($1, $2)
         ON CONFLICT (file) DO UPDATE SET sha256 = excluded.sha256, applied_at = now()`,
        [definition.file, await fingerprint(client, definition)],
      );
    }
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
  return pending.map(({ file }) => file);
}

async function applyOne(client: pg.Client, definition: Definition): Promise<void> {
  const { kind, name, file } = definition;
  try {
    await create(client, definition);
  } catch (error) {
    const { detail } = error as { detail?: string };
    throw new UserError(
      `The ${kind} ${name} (${file}) cannot be made: ${messageOf(error)}${detail === undefined ? "" : `: ${detail}`}`,
      "No view or function was changed. Mend the cause (drop what depends on it, to make it again afterwards), and run `newstape migrate` again.",
      { cause: error },
    );
  }
}

/** PostgreSQL's error codes when CREATE OR REPLACE would change more than it may: invalid_table_definition, invalid_function_definition. */
const otherShape = new Set(["42P16", "42P13"]);

async function create(client: pg.Client, { kind, identity, sql }: Definition): Promise<void> {
  const { rows: schema } = await client.query<{ name: string }>("SELECT quote_ident(current_schema()) AS name");
  const text = sql.replaceAll("@schema@", schema[0]?.name ?? "public");
  await client.query("SAVEPOINT definition");
  try {
    await client.query(text);
  } catch (error) {
    if (!otherShape.has((error as { code?: string }).code ?? "")) throw error;
    await client.query("ROLLBACK TO SAVEPOINT definition");
    const grants = await grantsTo(client, kind, identity);
    await client.query(`DROP ${kind} ${identity}`);
    await client.query(text);
    for (const grant of grants) await client.query(grant);
  }
  await client.query("RELEASE SAVEPOINT definition");
}

/** Statements that give the rights to a view or function again, but for those that its owner has anyway. */
async function grantsTo(client: pg.Client, kind: Definition["kind"], identity: string): Promise<string[]> {
  const rights =
    kind === "view"
      ? "SELECT relacl AS acl, relowner AS owner FROM pg_class WHERE oid = $1::regclass"
      : "SELECT proacl AS acl, proowner AS owner FROM pg_proc WHERE oid = $1::regprocedure";
  const { rows } = await client.query<{ statement: string }>(
    `WITH relation AS (${rights})
     SELECT format('REVOKE ALL ON %s %s FROM PUBLIC', $2::text, $1::text) AS statement, 0 AS place
     FROM relation WHERE acl IS NOT NULL
     UNION ALL
     SELECT format('GRANT %s ON %s %s TO %s%s', privilege_type, $2, $1,
                   CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
                   CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), 1
     FROM relation CROSS JOIN aclexplode(acl) WHERE grantee <> owner
     ORDER BY place`,
    [identity, kind === "view" ? "TABLE" : "FUNCTION"],
  );
  return rows.map(({ statement }) => statement);
}
