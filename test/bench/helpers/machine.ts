/** Where a figure was measured: without it, it means nothing. */
import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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

/** What else the machine did when a measurement began. */
export interface Surroundings {
  /** Runnable tasks, averaged over the last minute; what this program did before is among them. */
  readonly loadAverage: number;
  /** Cores that were busy in the second before, with nothing of this program running. */
  readonly busyCores: number;
}

/** Waits for a quiet moment, up to 20 s: the processor's time is part of every figure here. */
export async function quietMoment(): Promise<Surroundings> {
  for (let tries = 1; ; tries += 1) {
    const before = cpuTimes();
    await sleep(1000);
    const after = cpuTimes();
    const idle = (after.idle - before.idle) / (after.all - before.all);
    const busyCores = rounded((1 - idle) * availableParallelism(), 2);
    if (busyCores < 0.35 || tries === 20) return { loadAverage: rounded(loadavg()[0] ?? NaN, 2), busyCores };
  }
}

function cpuTimes(): { idle: number; all: number } {
  const times = cpus().map((core) => core.times);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return { idle: sum(times.map(({ idle }) => idle)), all: sum(times.flatMap((core) => Object.values(core))) };
}

/** Highest resident memory of this process so far, in MiB; where the system does not report it, the present one. */
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
