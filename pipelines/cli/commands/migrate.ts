import { Command } from "commander";
import { migrate } from "../../runtime/database/migrate.js";
import { openContext, say } from "../context.js";

export function migrateCommand(): Command {
  return new Command("migrate")
    .description("Bring the database to this build's tables. Safe to repeat.")
    .action(async () => {
      const context = await openContext();
      const applied = await migrate(context.config.databaseUrl);
      for (const name of applied) console.log(name);
      say(applied.length === 0 ? "nothing to migrate" : `${applied.length} migrations applied`);
      await context.close();
    });
}
