import { Command } from "commander";
import { migrateDatabase } from "../../operations/set-up.js";
import { openContext, say } from "../context.js";
import { withJson, writeJson } from "../output.js";

export function migrateCommand(): Command {
  return withJson(new Command("migrate"), "{applied: [name]}")
    .description("Bring the database to this build's tables. Safe to repeat.")
    .action(async ({ json }: { json?: boolean }) => {
      const context = await openContext({ patient: true });
      const applied = await migrateDatabase(context, say);
      if (json) writeJson({ applied });
      else for (const name of applied) console.log(name);
      say(applied.length === 0 ? "nothing to migrate" : `${applied.length} migrations applied`);
      await context.close();
    });
}
