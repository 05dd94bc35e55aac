import type { Queryable } from "../../schemas/queryable.js";

export const landingRole = "newstape_landing";

/**
 * Takes on the role of landing until the end of the transaction, where that role exists and may be taken on: with it, a
 * defect in the code cannot change a ledger.
 */
export async function takeLandingRole(client: Queryable): Promise<void> {
  await client.query(
    `SELECT set_config('role', rolname, true) FROM pg_roles
     WHERE rolname = $1 AND pg_has_role(rolname, 'MEMBER')`,
    [landingRole],
  );
}
