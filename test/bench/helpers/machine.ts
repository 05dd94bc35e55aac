/** Where a figure was measured: without it, it means nothing. */
import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { packageRoot, packageVersion } from "../../../schemas/files.js";
import { rounded } from "./statistics.js";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
}

export const machine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: availableParallelism(),
  memoryGiB: rounded(totalmem() / 2 ** 30),
  system: `${type()} ${release()} ${arch()}`,
});

/** @param packages whose installed versions matter to the figure */
export function versions(packages: readonly string[]): Record<string, string> {
  const installed = (name: string): string => {
    const file = join(packageRoot, "node_modules", name, "package.json");
    return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  };
  return {
    newstape: packageVersion,
    node: process.versions.node,
    kafka: brokerVersion(),
    ...Object.fromEntries(packages.map((name) => [name, installed(name)])),
  };
}

/** Of the local stack, which the benchmarks run on. */
function brokerVersion(): string {
  const pom = readFileSync(join(packageRoot, "deploy", "local", "pom.xml"), "utf8");
  return /<kafka\.version>([^<]+)</.exec(pom)?.[1] ?? "unknown";
}

/** Runnable tasks, averaged over the last minute: above the number of cores, something else was in the way. */
export const loadAverage = (): number => rounded(loadavg()[0] ?? NaN, 2);

/** Highest resident memory of this process so far, in MiB; where the system does not tell it, the present one. */
export function peakMemory(): number {
  const known = /^VmHWM:\s+(\d+) kB$/m.exec(readStatus())?.[1];
  return rounded(known === undefined ? process.memoryUsage().rss / 2 ** 20 : Number(known) / 1024);
}

function readStatus(): string {
  try {
    return readFileSync("/proc/self/status", "utf8");
  } catch {
    return "";
  }
}
