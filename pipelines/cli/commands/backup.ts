import { Command } from "commander";
import { backup } from "../../operations/backup/backup.js";
import { restorePipeline } from "../../operations/backup/restore-pipeline.js";
import { openContext, say } from "../context.js";
import { withJson, writeJson } from "../output.js";

const showRows = (table: string, rows: number): void => say(`  ${table}: ${rows} rows`);

export function backupCommand(): Command {
  return withJson(new Command("backup"), "{file, rows: {table: count}, sha256, leftOut: [table]}")
    .description("Write every table of Newstape into one file, all as of one moment.")
    .argument("<file>", "where to, e.g. newstape.backup.gz")
    .action(async (file: string, { json }: { json?: boolean }) => {
      const context = await openContext({ patient: true });
      const summary = await backup(context.config.databaseUrl, file, showRows);
      for (const table of summary.leftOut) say(`  ${table} is not a table of Newstape: left out`);
      if (json) writeJson(summary);
      else console.log(`${summary.sha256}  ${summary.file}`);
      await context.close();
    });
}

export function restoreCommand(): Command {
  return withJson(
    new Command("restore"),
    "{createdAt, rows: {table: count}, published, unknown: [key], skipped: [what]}",
  )
    .description("Fill an empty database from a backup, and publish the model registry from it anew.")
    .argument("<file>", "what `newstape backup` wrote")
    .action(async (file: string, { json }: { json?: boolean }) => {
      const context = await openContext();
      try {
        const { createdAt, rows, skipped, published, unknown } = await restorePipeline(context, file, showRows);
        if (json) writeJson({ createdAt, rows, published, unknown, skipped });
        say(`restored what was known at ${createdAt}; ${published} records of the registry published`);
        for (const what of skipped) say(`  ${what} is in the backup, and unknown to this build: skipped`);
        for (const key of unknown) say(`  ${key} is on the topic, and was not in the backup`);
      } finally {
        await context.close();
      }
    });
}
