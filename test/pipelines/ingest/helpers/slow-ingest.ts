/** A process that ingests slowly, so that it can be killed in the middle: FILE STATE-DIRECTORY LOG. */
import { appendFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { bundledUniverse } from "../../../../pipelines/ingest/universe/index.js";
import { ingestFile } from "../../../../pipelines/ingest/ingest.js";
import { clock } from "./lines-of.js";

const [input = "", stateDirectory = "", log = ""] = process.argv.slice(2);
await ingestFile({
  input,
  kind: "news",
  symbols: bundledUniverse,
  origin: "backfill",
  now: () => clock,
  stateDirectory,
  batchRecords: 100,
  send: async (records) => {
    appendFileSync(log, records.map((record) => `${record.sourceId}\n`).join(""));
    await pause(10);
  },
});
