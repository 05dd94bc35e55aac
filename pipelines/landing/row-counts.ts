/** What became of the records of a batch in one table; the numbers sum to the records. */
export interface RowCounts {
  /** New rows. */
  inserted: number;
  /** Rows of a projection replaced by a newer record. */
  updated: number;
  /** Known already with the same content; in a projection, older than its row, or without one. */
  duplicate: number;
  /** Known already with other content: the first stays, the audit tells. */
  conflict: number;
  /** Refused by the database: the audit has the record. */
  refused: number;
}

export const rowResults = ["inserted", "updated", "duplicate", "conflict", "refused"] as const satisfies (keyof RowCounts)[];

export const noRows = (): RowCounts => ({ inserted: 0, updated: 0, duplicate: 0, conflict: 0, refused: 0 });

export function addRows(total: RowCounts, more: RowCounts): void {
  for (const result of rowResults) total[result] += more[result];
}
