import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../schemas/files.js";
import { machine, versions } from "../bench/helpers/machine.js";

/**
 * Prints what came out, and keeps it under `results/` with the date and what it ran on.
 *
 * @param packages whose versions matter
 * @param kafka the brokers' version, where it is not the local stack's
 */
export function writeResult(name: string, content: object, packages: readonly string[], kafka?: string): void {
  const directory = join(packageRoot, "test", "chaos", "results");
  const result = {
    date: new Date().toISOString(),
    machine: machine(),
    versions: { ...versions(packages), ...(kafka !== undefined && { kafka }) },
    ...content,
  };
  const text = JSON.stringify(result, undefined, 2);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `${name}.json`), `${text}\n`);
  console.log(text);
}
