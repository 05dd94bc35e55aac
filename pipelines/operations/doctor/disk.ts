import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { error, ok, warning, type Check, type Finding } from "./check.js";

const mebibyte = 1024 ** 2;
/** The whole history of the shared data takes some 0.6 GiB in topics and tables. */
const fullBelow = 256 * mebibyte;
const lowBelow = 2048 * mebibyte;

export function diskFinding(directory: string, free: number): Finding {
  const text = `${(free / 1024 ** 3).toFixed(1)} GiB free on the disk of ${directory}`;
  if (free >= lowBelow) return ok(text);
  const fix = "Free some space, or move NEWSTAPE_DATA to another disk.";
  return free < fullBelow
    ? error(text, "A full disk stops Kafka and PostgreSQL, and shows as all sorts of faults.", fix)
    : warning(text, "Topics, tables and logs grow; a full disk stops the servers.", fix);
}

export const disk: Check = {
  name: "disk",
  looksAt: "the free space of the local stack's disk",
  needs: [],
  async run({ config, stackDirectory }) {
    const { kafkaBrokers, databaseUrl } = config.external;
    if (kafkaBrokers && databaseUrl) return [ok("not looked at: the servers are yours")];
    let directory = stackDirectory;
    while (!existsSync(directory) && dirname(directory) !== directory) directory = dirname(directory);
    const { bavail, bsize } = await statfs(directory);
    return [diskFinding(directory, bavail * bsize)];
  },
};
