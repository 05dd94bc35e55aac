import { setTimeout as sleep } from "node:timers/promises";
import { judgeAccounting, readAccounting, type Verdict } from "../accounting.js";
import { error, ok, unknown, warning, type Check, type Finding, type Surroundings } from "./check.js";
import { causeOf, openEvidence, type GapCause } from "./gap-evidence.js";
import { findGaps, sequenceTables, type Gap, type GapSearch, type SequenceTable } from "./sequence-gaps.js";

/** Back from the newest row of each table, without --all. */
export const recentDays = 30;
/** Gaps of each table whose cause is looked for in the topic. */
const mostExamined = 5;
const betweenMs = 1000;
const number = new Intl.NumberFormat("en-US");

const shown = (gaps: readonly Gap[]): string => {
  const list = gaps.slice(0, 3).map(({ of, from, to, missing }) => {
    return missing === 1 ? `${of} ${from}` : `${of} ${from}–${to} (${number.format(missing)})`;
  });
  return `${list.join(", ")}${gaps.length > 3 ? ", …" : ""}`;
};

/** Only for these is something missing that no other check reports. */
export function gapFinding(
  { table, topic, numbers }: SequenceTable,
  cause: GapCause,
  gaps: readonly Gap[],
): Finding | undefined {
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
  const what = `${table}: ${number.format(missing)} numbers are missing in \`sequence\`: ${shown(gaps)}`;
  const again =
    "Stop the landing, then newstape reset landing; newstape run landing: it lands again what the topic has, each row once.";
  switch (cause) {
    case "passed over":
      return error(
        what,
        `${topic} holds these records, and the landing stands beyond them: the database was restored from an earlier backup, rows were deleted, or its offsets were moved.`,
        again,
      );
    case "undecodable":
      return error(
        what,
        `${topic} holds bytes there that are no record of its schema; the landing rejected them.`,
        "newstape rejected list; newstape tail landing.rejected --from-beginning",
      );
    case "lost":
      return error(
        what,
        `${topic} does not hold these records, and lacks some that were counted as published: they were committed and counted, and lost in the topic (see the checks \`accounting\` and \`replication\`).`,
        "Mend the cause, then publish them again: newstape reset of the stage that writes the topic.",
      );
    case "deleted":
      // What follows from vectors may skip numbers, so that a gap alone is no evidence.
      if (numbers !== "own") return undefined;
      return warning(
        what,
        `${topic} no longer reaches back to there (retention, a reset, a topic made anew), so it cannot be seen whether they were ever written. They did not land before: the landing came too late, they were lost, or a rebuild passed these numbers.`,
        "Nothing brings them back from the topic; a backup of the database may have them (newstape restore).",
      );
    case "absent":
      return unknown(
        what,
        `${topic} does not hold these records, and its counts do not show whether they were lost or never published (a rebuild skips numbers; scores and forecasts skip what they reject or publish nothing for).`,
      );
    case "not judged":
    case "skipped":
    case "audited":
    case "not landed yet":
      return undefined;
  }
}

/** What is no fault, for the line with what was looked at. */
const harmless: Partial<Record<GapCause, string>> = {
  skipped: "passed without a record, by a rebuild or by what a stage rejects or publishes nothing for",
  audited: "in landing_audit, see ledgers",
  "not landed yet": "not landed yet",
  "not judged": "not in the topic; whether they were ever published shows when the landing has caught up",
  deleted: "too old to be looked for in the topic",
};

export const sequences: Check = {
  name: "sequences",
  looksAt: `gaps in \`sequence\`, symbol by symbol, in the last ${recentDays} days of each ledger (all of it with --all)`,
  needs: ["kafka", "registry", "database"],
  async run(surroundings) {
    const { database, wholeHistory } = surroundings;
    const searches: [SequenceTable, GapSearch][] = [];
    for (const table of sequenceTables)
      searches.push([
        table,
        await database.transaction(async (client) => {
          // No one waits for the answer any longer then: the doctor has given up.
          if (!wholeHistory) await client.query("SET LOCAL statement_timeout = 18000");
          return findGaps(client, table, wholeHistory ? undefined : recentDays);
        }),
      ]);
    const verdicts = searches.some(([, { found }]) => found > 0) ? await verdictsOf(surroundings) : [];
    const findings: Finding[] = [];
    const notes: string[] = [];
    for (const [table, search] of searches) {
      if (search.found === 0) continue;
      const { reported, passed } = await explain(surroundings, table, search, verdicts);
      findings.push(...reported);
      notes.push(...passed);
    }
    const looked = searches.map(([table, search]) => lookedAt(table, search));
    const reach = wholeHistory ? "all rows" : `the last ${recentDays} days`;
    return [
      ...findings,
      ok(`looked at ${reach}: ${looked.join(", ")}${notes.length > 0 ? `; no fault: ${notes.join("; ")}` : ""}`),
    ];
  },
};

/** How much of a table was searched: its rows, and what they are numbered within. */
export function lookedAt(
  { table, within }: Pick<SequenceTable, "table" | "within">,
  { rows, series }: Pick<GapSearch, "rows" | "series">,
): string {
  const counted = (count: number, what: string): string => `${number.format(count)} ${what}${count === 1 ? "" : "s"}`;
  const [only = "series", ...others] = within;
  const numbered =
    others.length === 0 ? counted(series, only) : `${number.format(series)} series by ${within.join(" and ")}`;
  return `${table} ${counted(rows, "row")} of ${numbered}`;
}

async function verdictsOf(surroundings: Surroundings): Promise<Verdict[]> {
  const before = await readAccounting(surroundings);
  await sleep(betweenMs);
  return judgeAccounting(before, await readAccounting(surroundings));
}

/** Looks at the largest gaps; where the accounting balances, the others have their cause too. */
async function explain(
  surroundings: Surroundings,
  table: SequenceTable,
  { gaps, found }: GapSearch,
  verdicts: readonly Verdict[],
): Promise<{ reported: Finding[]; passed: string[] }> {
  const evidence = await openEvidence(
    surroundings,
    table,
    verdicts.find(({ topic }) => topic === table.topic),
  );
  const byCause = new Map<GapCause, Gap[]>();
  for (const gap of gaps.slice(0, mostExamined)) {
    const cause = await causeOf(gap, evidence);
    byCause.set(cause, [...(byCause.get(cause) ?? []), gap]);
  }
  const reported: Finding[] = [];
  const passed: string[] = [];
  for (const [cause, list] of byCause) {
    const finding = gapFinding(table, cause, list);
    if (finding) reported.push(finding);
    else passed.push(`${table.table} ${shown(list)} ${harmless[cause] ?? cause}`);
  }
  const others = found - Math.min(found, mostExamined);
  if (others > 0 && reported.length > 0) {
    const [worst] = reported;
    reported[0] = {
      ...(worst as Finding),
      summary: `${worst?.summary}; ${number.format(others)} further gaps were not looked into`,
    };
  } else if (others > 0) passed.push(`${number.format(others)} further gaps of ${table.table} were not looked into`);
  return { reported, passed };
}
