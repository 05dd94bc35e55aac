/** What became of the records of a batch; all but `twice` sum to the records. */
export interface LandingCounts {
  /** New rows. */
  inserted: number;
  /** Rows of a projection replaced by a newer record. */
  updated: number;
  /** Known already with the same content, or older than the projection's row. */
  duplicates: number;
  /** Known already with other content: the first stays, and the audit has the other. */
  conflicts: number;
  /** Refused by the database: the audit has the record. */
  refused: number;
  /** Of the duplicates and conflicts, those of which the topic holds the first one too, at another place. */
  twice: number;
}

export const noCounts = (): LandingCounts => ({
  inserted: 0,
  updated: 0,
  duplicates: 0,
  conflicts: 0,
  refused: 0,
  twice: 0,
});

export function addCounts(total: LandingCounts, more: LandingCounts): void {
  for (const name of Object.keys(total) as (keyof LandingCounts)[]) total[name] += more[name];
}
