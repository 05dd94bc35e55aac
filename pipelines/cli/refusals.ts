/** How every command that reads files ends: what was refused, by code, with the first lines and what to do. */
import { rejectRemedies, type RejectCode } from "../../schemas/reject-codes.js";
import type { IngestSummary } from "../ingest/index.js";
import { say } from "./context.js";
import { exitCodes } from "./exit-codes.js";
import { printable } from "./output.js";

/** What a file's summary says of refusals. */
export type Refused = Pick<IngestSummary, "lines" | "rejected" | "rejectedByCode" | "firstByCode"> &
  Partial<Pick<IngestSummary, "unreadColumns" | "remarks" | "unknownSymbols">>;

export interface ReadFile {
  readonly name: string;
  readonly summary: Refused;
}

const number = (value: number): string => value.toLocaleString("en-US");
const plural = (count: number, noun: string): string => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;

/** The codes of a file, the most frequent first. */
function codesOf({ summary }: ReadFile): { code: RejectCode; count: number }[] {
  const codes = Object.entries(summary.rejectedByCode) as [RejectCode, number][];
  return codes.map(([code, count]) => ({ code, count })).sort((left, right) => right.count - left.count);
}

/** Says how the files were read, and what of them was refused; nothing where there is nothing to say. */
export function sayRefusals(files: readonly ReadFile[], rejectsFile?: string): void {
  for (const file of files) sayNotes(file);
  const refused = files.filter(({ summary }) => summary.rejected > 0);
  for (const file of refused) sayTable(file);
  if (refused.length > 0) say(rejectsFile ? `All of them are in ${rejectsFile}.` : "--rejects FILE keeps all of them.");
}

function sayNotes({ name, summary }: ReadFile): void {
  const { unreadColumns = [], remarks = [], unknownSymbols = 0 } = summary;
  if (unreadColumns.length > 0) say(`${name}: not read: ${unreadColumns.map(printable).join(", ")}`);
  for (const remark of remarks) say(`${name}: ${printable(remark)}`);
  if (unknownSymbols > 0) say(`${name}: ${plural(unknownSymbols, "unknown symbol")} left out of articles with others`);
}

function sayTable(file: ReadFile): void {
  const { name, summary } = file;
  say(`${name}: ${number(summary.rejected)} of ${plural(summary.lines, "line")} refused`);
  for (const { code, count } of codesOf(file)) {
    const rows = (summary.firstByCode[code] ?? []).map(({ line, reason }) => `line ${line}: ${printable(reason)}`);
    if (count > rows.length) rows.push("…");
    for (const [index, row] of rows.entries()) {
      const head = index === 0 ? `${code.padEnd(17)} ${number(count).padStart(9)}` : " ".repeat(27);
      say(`  ${head}  ${row}`);
    }
    say(`  ${" ".repeat(27)}  → ${rejectRemedies[code]}`);
  }
}

export interface RefusedCode {
  readonly file: string;
  readonly code: RejectCode;
  readonly count: number;
  readonly first: readonly { readonly line: number; readonly reason: string }[];
  readonly remedy: string;
}

/** The same for `--json`. */
export const refusedCodes = (files: readonly ReadFile[]): RefusedCode[] =>
  files.flatMap((file) =>
    codesOf(file).map(({ code, count }) => ({
      file: file.name,
      code,
      count,
      first: (file.summary.firstByCode[code] ?? []).map(({ line, reason }) => ({ line, reason })),
      remedy: rejectRemedies[code],
    })),
  );

/** What `--json` says of the files beside the refusals. */
export const fileNotes = (files: readonly ReadFile[]): { file: string; unreadColumns: string[]; remarks: string[] }[] =>
  files.map(({ name, summary: { unreadColumns = [], remarks = [] } }) => ({
    file: name,
    unreadColumns: [...unreadColumns],
    remarks: [...remarks],
  }));

/** Sets the exit code of a command that went well but for refused lines. */
export function exitWithRefusals(files: readonly ReadFile[]): void {
  if (files.some(({ summary }) => summary.rejected > 0)) process.exitCode = exitCodes.partly;
}
