/** How `newstape status` shows the stages, in the width that there is. */
import Table from "cli-table3";
import type { RatedStatus } from "../operations/stage-rates.js";
import { outcomeKinds } from "../runtime/stage/progress.js";

interface Column {
  readonly head: string;
  /** Dropped first where there is no room: the highest number. */
  readonly rank: number;
  readonly cell: (status: RatedStatus) => string;
}

const number = new Intl.NumberFormat("en-US");
const counted = (status: RatedStatus, text: string): string => (status.kind === "stage" ? text : "");

const columns: readonly Column[] = [
  { head: "stage", rank: 0, cell: ({ stage }) => stage },
  { head: "members", rank: 3, cell: ({ members }) => number.format(members) },
  { head: "lag", rank: 1, cell: ({ lag }) => number.format(lag) },
  ...outcomeKinds.map((kind) => ({
    head: kind,
    rank: { emit: 5, absorb: 7, duplicate: 6, reject: 4 }[kind],
    cell: (status: RatedStatus) => counted(status, number.format(status.outcomes[kind])),
  })),
  { head: "in/s", rank: 2, cell: (status) => counted(status, number.format(Math.round(status.perSecond))) },
];

/** @param width columns of the terminal */
export function statusTable(statuses: readonly RatedStatus[], width = Infinity): string {
  const widths = columns.map(({ head, cell }) =>
    Math.max(head.length, ...statuses.map((status) => cell(status).length)),
  );
  const takes = (shown: readonly Column[]): number =>
    shown.reduce((sum, column) => sum + (widths[columns.indexOf(column)] ?? 0) + 3, 1);
  let shown = [...columns];
  while (shown.length > 2 && takes(shown) > width) {
    const least = Math.max(...shown.map(({ rank }) => rank));
    shown = shown.filter(({ rank }) => rank !== least);
  }
  const table = new Table({
    head: shown.map(({ head }) => head),
    colAligns: shown.map(({ head }) => (head === "stage" ? "left" : "right")),
    style: { head: [], border: [] },
  });
  table.push(...statuses.map((status) => shown.map(({ cell }) => cell(status))));
  return table.toString();
}

/** Everything in one line, for a log. */
export function statusLine(statuses: readonly RatedStatus[], at: Date): string {
  const parts = statuses.map(({ stage, kind, members, lag, perSecond }) => {
    const rate = kind === "stage" ? ` in/s=${Math.round(perSecond)}` : "";
    return `${stage} members=${members} lag=${lag}${rate}`;
  });
  return `${at.toISOString()} ${parts.join(" | ")}`;
}
