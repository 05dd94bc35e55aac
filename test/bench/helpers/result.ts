/** What every benchmark leaves behind: tables for the reader, and a file under `results/` with what they were measured on. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";
import { packageRoot } from "../../../schemas/files.js";
import { machine, versions, type Surroundings } from "./machine.js";
import type { ProfileRow } from "./profile.js";

/** A promise of the project, and what became of it. */
export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}

type Cell = string | number;
export type Row = Readonly<Record<string, Cell>>;

export interface BenchmarkResult {
  readonly name: string;
  readonly question: string;
  /** How it was measured: sizes, rates, repetitions. */
  readonly settings: Readonly<Record<string, Cell>>;
  /** Before each measurement. */
  readonly surroundings: readonly Surroundings[];
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  readonly targets: readonly Target[];
  /** Where the processor's time goes, by title of the profiled run. */
  readonly profiles?: Readonly<Record<string, readonly ProfileRow[]>>;
  /** Packages whose versions matter. */
  readonly packages: readonly string[];
}

export function report({ packages, ...result }: BenchmarkResult): void {
  const measuredOn = machine();
  console.log(`\n${result.question}`);
  const busy = result.surroundings.map(({ busyCores }) => busyCores).join(" ");
  console.log(`${measuredOn.cpu}, ${measuredOn.cores} cores; busy before each measurement: ${busy}`);
  for (const [title, rows] of Object.entries(result.tables)) printTable(title, rows);
  for (const [title, rows] of Object.entries(result.profiles ?? {})) printTable(`profile: ${title}`, rows.map(toRow));
  printTable(
    "targets",
    result.targets.map(({ what, wanted, measured, met }) => ({ what, wanted, measured, met: met ? "yes" : "NO" })),
  );

  const directory = join(packageRoot, "test", "bench", "results");
  mkdirSync(directory, { recursive: true });
  const content = { date: new Date().toISOString(), machine: measuredOn, versions: versions(packages), ...result };
  writeFileSync(join(directory, `${result.name}.json`), `${JSON.stringify(content, undefined, 2)}\n`);
}

const toRow = ({ where, percent }: ProfileRow): Row => ({ where, "% of busy time": percent });

function printTable(title: string, rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const isNumber = columns.map((column) => rows.every((row) => typeof row[column] === "number"));
  const table = new Table({
    head: columns,
    style: { head: [], border: [], compact: true },
    colAligns: isNumber.map((numeric) => (numeric ? "right" : "left")),
  });
  table.push(...rows.map((row) => columns.map((column) => row[column] ?? "")));
  console.log(`\n${title}\n${table.toString()}`);
}
