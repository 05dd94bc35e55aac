/** What statements are run on: a connection, or a transaction; `pg` has it. */
export interface Queryable {
  query<Row>(text: string, values?: readonly unknown[]): Promise<{ rows: Row[]; rowCount: number | null }>;
}

/** Runs statements in one transaction. */
export interface Transactional {
  transaction<Result>(work: (client: Queryable) => Promise<Result>): Promise<Result>;
}
