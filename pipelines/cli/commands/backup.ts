import { Command } from "commander";
import { backup } from "../../operations/backup/backup.js";
import { restorePipeline } from "../../operations/backup/restore-pipeline.js";
import { openContext, say } from "../context.js";
import { withJson, writeJson } from "../output.js";

const showRows = (table: string, rows: number): void => say(`  ${table}: ${rows} rows`);

export function backupCommand(): Command {
  return withJson(new Command("backup"), "{file, rows: {table: count}, sha256}")
    .description("Write every table of the database into one file, all as of one moment.")
    .argument("<file>", "where to, e.g. newstape.backup.gz")
    .action(async (file: string, { json }: { json?: boolean }) => {
      const context = await openContext({ patient: true });
      const summary = await backup(context.config.databaseUrl, file, showRows);
      if (json) writeJson(summary);
      else console.log(`${summary.sha256}  ${summary.file}`);
      await context.close();
    });
}

export function restoreCommand(): Command {
  return withJson(new Command("restore"), "{createdAt, rows: {table: count}, published, unknown: [key]}")
    .description("Fill an empty database from a backup, and publish the model registry from it anew.")
    .argument("<file>", "what `newstape backup` wrote")
    .action(async (file: string, { json }: { json?: boolean }) => {
      const context = await openContext();
      try {
        const { createdAt, rows, published, unknown } = await restorePipeline(context, file, showRows);
        if (json) writeJson({ createdAt, rows, published, unknown });
        say(`restored what was known at ${createdAt}; ${published} records of the registry published`);
        for (const key of unknown) say(`  ${key} is on the topic, and was not in the backup`);
      } finally {
        await context.close();
      }
    });
}
