/**
 * Numbers that are missing in a ledger's `sequence`.
 *
 * The features stage numbers what gives vectors, symbol by symbol, whatever the interval and however many sets are served:
 * the vectors of one trigger share a number, and scores, forecasts and signals take it over. A cross-section is numbered
 * within its interval and calendar. A reset begins again at 1, and what a table already has stays there, so a number counts as missing
 * only when no row of the symbol has it at all, however old.
 */
import type { Queryable } from "../../../schemas/queryable.js";
import { landedTopics, landingOf, topics, type LandedTopic, type Sequence } from "../../../schemas/topics.js";

/** The fields within which a sequence rises are columns of the table too. */
export interface SequenceTable extends Sequence {
  readonly table: string;
  readonly topic: LandedTopic;
}

export const sequenceTables: readonly SequenceTable[] = landedTopics.flatMap((topic) => {
  const { sequence } = topics[topic];
  return sequence ? [{ table: landingOf(topic).table, topic, ...sequence }] : [];
});

export interface RowPlace {
  readonly partition: number;
  readonly offset: number;
}

export interface Gap {
  /** Symbol, or interval and calendar. */
  readonly of: string;
  /** First and last number that is missing. */
  readonly from: number;
  readonly to: number;
  readonly missing: number;
  /** Of the missing, those in landing_audit: the landing has read them. */
  readonly audited: number;
  /** Where the rows on either side lay in their topic. */
  readonly before: RowPlace;
  readonly after: RowPlace;
}

export interface GapSearch {
  /** The largest first, at most `mostGaps`. */
  readonly gaps: readonly Gap[];
  readonly found: number;
  /** What was looked at: rows, symbols, and since when (as_of); undefined: everything. */
  readonly rows: number;
  readonly series: number;
  readonly since: Date | undefined;
}

export const mostGaps = 1000;
/** Symbols with a gap that are looked at closely. */
const mostSeries = 500;

/**
 * Two steps: numbers counted within the window (one scan, hashed), and only for symbols where they do not add up, the
 * exact gaps among all rows that they have.
 *
 * @param days the window, back from the newest row; undefined: everything
 */
export async function findGaps(client: Queryable, sequence: SequenceTable, days?: number): Promise<GapSearch> {
  const { table } = sequence;
  const of = seriesIn(sequence);
  const { rows: newest } = await client.query<{ since: Date | null }>(
    `SELECT max(as_of) - make_interval(days => $1) AS since FROM ${table}`,
    [days ?? 0],
  );
  const since = days === undefined ? undefined : (newest[0]?.since ?? undefined);
  const { rows: counted } = await client.query<{ of: string; low: string; high: string; count: string; rows: string }>(
    `SELECT ${of} AS of, min(sequence) AS low, max(sequence) AS high, count(DISTINCT sequence) AS count, count(*) AS rows
     FROM ${table} WHERE as_of >= coalesce($1::timestamptz, '-infinity') GROUP BY ${of}`,
    [since ?? null],
  );
  const rows = counted.reduce((sum, series) => sum + Number(series.rows), 0);
  const broken = counted
    .filter(({ low, high, count }) => Number(high) - Number(low) + 1 !== Number(count))
    .slice(0, mostSeries);
  const looked = { rows, series: counted.length, since };
  if (broken.length === 0) return { gaps: [], found: 0, ...looked };
  const { rows: gaps } = await client.query<GapRow>(gapsQuery(sequence), [
    broken.map((series) => series.of),
    broken.map(({ low }) => low),
    broken.map(({ high }) => high),
    table,
    mostGaps,
  ]);
  return { gaps: gaps.map(toGap), found: Number(gaps[0]?.found ?? 0), ...looked };
}

interface GapRow {
  readonly of: string;
  readonly from: string;
  readonly to: string;
  readonly audited: string;
  readonly found: string;
  readonly before: RowPlace;
  readonly after: RowPlace;
}

/** The series of a row, as `Gap.of` names it. */
const seriesIn = ({ within }: SequenceTable, row = ""): string => joined(within.map((field) => `${row}"${field}"`));

/** … and of a record in landing_audit; those from before there were calendars are of New York. */
const seriesOfAudit = ({ within }: SequenceTable): string =>
  joined(
    within.map((name) => (name === "calendar" ? "coalesce(record ->> 'calendar', 'XNYS')" : `record ->> '${name}'`)),
  );

const joined = (parts: readonly string[]): string =>
  parts.length === 1 ? parts.join("") : `concat_ws(' ', ${parts.join(", ")})`;

/** A row's place: the last of the number before, the first of the number after, as several sets share a number. */
const place = (sequence: SequenceTable, number: string, order: "ASC" | "DESC"): string =>
  `(SELECT jsonb_build_object('partition', kafka_partition, 'offset', kafka_offset) FROM ${sequence.table} AS row
    WHERE ${seriesIn(sequence, "row.")} = gap.of AND row.sequence = ${number} ORDER BY kafka_offset ${order} LIMIT 1)`;

const gapsQuery = (sequence: SequenceTable): string => `
  WITH series AS (SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS series (of, low, high)),
  seen AS (
    SELECT DISTINCT series.of, sequence FROM series
    JOIN ${sequence.table} AS row ON ${seriesIn(sequence, "row.")} = series.of AND row.sequence BETWEEN low AND high),
  steps AS (
    SELECT of, lag(sequence) OVER (PARTITION BY of ORDER BY sequence) AS before, sequence AS after FROM seen),
  gap AS (
    SELECT *, count(*) OVER () AS found FROM steps WHERE after > before + 1
    ORDER BY after - before DESC, of, before LIMIT $5)
  SELECT of, before + 1 AS "from", after - 1 AS "to", found,
    (SELECT count(DISTINCT record ->> 'sequence') FROM landing_audit
     WHERE table_name = $4 AND ${seriesOfAudit(sequence)} = gap.of
       AND (record ->> 'sequence')::bigint BETWEEN before + 1 AND after - 1) AS audited,
    ${place(sequence, "gap.before", "DESC")} AS before, ${place(sequence, "gap.after", "ASC")} AS after
  FROM gap ORDER BY gap.after - gap.before DESC, of, gap.before`;

function toGap({ of, from, to, audited, before, after }: GapRow): Gap {
  const [first, last] = [Number(from), Number(to)];
  return { of, from: first, to: last, missing: last - first + 1, audited: Number(audited), before, after };
}
