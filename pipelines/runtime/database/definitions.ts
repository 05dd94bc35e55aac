/**
 * Views and functions over the tables. What they select with `*` was expanded when they were made, so a column that a table
 * gains later is followed only by making them anew. Each is therefore a file of its own, `name.view.sql` or
 * `name.function.sql`, beside the numbered migrations, and is applied again whenever its text has changed or what it names
 * has: the columns of a table, or the view or function itself.
 *
 * A definition begins with CREATE OR REPLACE and has its comment and grants besides. None uses another one, so their order
 * is of no account. A migration that takes away what one of them uses drops it first: it is made again afterwards.
 *
 * The body of a function is a text, not BEGIN ATOMIC: PostgreSQL reads it at each call, so that a column added since, even
 * by hand and without a migrating, does not break it. It names its tables with `@schema@`, which becomes the schema they are
 * in: the search_path of a caller might name others. Without SET search_path it stays a function that can be inlined.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Queryable } from "../../../schemas/queryable.js";
import { UserError } from "../errors.js";

export interface Definition {
  /** The file's name. */
  readonly file: string;
  readonly kind: "view" | "function";
  /** Of the view or function. */
  readonly name: string;
  /** What tells it from any other: the name, and of a function the types of its arguments, `name(type, …)`. */
  readonly identity: string;
  readonly sql: string;
}

/**
 * The definitions beside the migrations of a directory, by name.
 *
 * @throws UserError when a file has another name, or does not begin with CREATE OR REPLACE of what it is named after, a
 *   function's arguments included
 */
export function readDefinitions(migrationDirectory: string): Definition[] {
  const directory = join(migrationDirectory, "definitions");
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => {
      const [, name = "", kind] = /^([a-z_][a-z0-9_]*)\.(view|function)\.sql$/.exec(file) ?? [];
      if (kind !== "view" && kind !== "function")
        throw new UserError(`The definition ${file} is not named name.view.sql or name.function.sql`);
      const sql = readFileSync(join(directory, file), "utf8");
      if (!new RegExp(`^CREATE OR REPLACE ${kind.toUpperCase()} ${name}\\b`).test(sql))
        throw new UserError(
          `The definition ${file} does not begin with CREATE OR REPLACE ${kind.toUpperCase()} ${name}`,
        );
      return { file, kind, name, identity: kind === "view" ? name : signatureOf(file, name, sql), sql };
    });
}

/** An argument's name and type. */
const named = /^\s*[a-z_]\w*\s+([a-z][a-z ]*(?:\[\])?)\s*$/;

/**
 * Somebody may have functions of the same name with other arguments, which are theirs.
 *
 * @throws UserError when an argument is not written as `name type`
 */
function signatureOf(file: string, name: string, sql: string): string {
  const [, list] = new RegExp(`^CREATE OR REPLACE FUNCTION ${name}\\(([^()]*)\\)`).exec(sql) ?? [];
  const types = list?.trim() === "" ? [] : (list ?? "").split(",").map((argument) => named.exec(argument)?.[1]);
  if (types.includes(undefined))
    throw new UserError(`The definition ${file} does not name its arguments as \`${name}(name type, …)\``);
  return `${name}(${types.join(", ")})`;
}

/** Those whose text, or what it names in the database, is not as it was when they were applied. */
export async function pendingDefinitions(client: Queryable, definitions: readonly Definition[]): Promise<Definition[]> {
  const known = await appliedFingerprints(client);
  const pending: Definition[] = [];
  for (const definition of definitions) {
    if (known.get(definition.file) !== (await fingerprint(client, definition))) pending.push(definition);
  }
  return pending;
}

/** By file; none where an earlier build has migrated, or none at all. */
async function appliedFingerprints(client: Queryable): Promise<Map<string, string>> {
  const { rows: found } = await client.query<{ is_there: boolean }>(
    "SELECT to_regclass('newstape_definitions') IS NOT NULL AS is_there",
  );
  if (!found[0]?.is_there) return new Map();
  const { rows } = await client.query<{ file: string; sha256: string }>(
    "SELECT file, sha256 FROM newstape_definitions",
  );
  return new Map(rows.map(({ file, sha256 }) => [file, sha256]));
}

/**
 * SHA-256 of a definition's text and of the columns of every table and view, and the functions, that it names. Functions that
 * have its own name and other arguments are somebody else's, and make no difference.
 */
export async function fingerprint(client: Queryable, { kind, name, identity, sql }: Definition): Promise<string> {
  const words = [...new Set(sql.match(/[a-z_][a-z0-9_]*/g))];
  const { rows } = await client.query<{ part: string }>(
    `SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod)) AS part, c.relname AS name, a.attnum AS place
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v') AND c.relname = ANY($1)
       AND a.attnum > 0 AND NOT a.attisdropped
     UNION ALL
     SELECT concat_ws(' ', p.proname, pg_get_function_identity_arguments(p.oid)), p.proname, 0
     FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace AND p.proname = ANY($1)
       AND (p.proname <> $2 OR p.oid = to_regprocedure($3))
     ORDER BY name, place, part`,
    [words, name, kind === "function" ? identity : null],
  );
  const hash = createHash("sha256").update(sql);
  for (const { part } of rows) hash.update(`\n${part}`);
  return hash.digest("hex");
}
