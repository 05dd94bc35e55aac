/**
 * A backup is one gzip file of lines: a header (JSON); for each table a line of JSON with its name and columns, its rows in
 * PostgreSQL's COPY text format, one a line, and `\.`; a footer (JSON) with the rows of each table and the SHA-256 of every
 * byte before it. A file without a footer was not finished.
 */
import { z } from "zod";

export const formatName = "newstape-backup";
export const formatVersion = 1;
/** Ends a table's rows, as it does in COPY: no row is written like that. */
export const endOfRows = "\\.";

export const headerSchema = z.object({
  format: z.literal(formatName),
  version: z.number().int(),
  createdAt: z.string(),
  /** PostgreSQL's version, for people. */
  server: z.string(),
  migrations: z.array(z.object({ name: z.string(), sha256: z.string() })),
});
export type BackupHeader = z.infer<typeof headerSchema>;

/** Names as they are: only those that the database has are ever used. */
export const tableSchema = z.object({ table: z.string(), columns: z.array(z.string()) });
export type TableHeader = z.infer<typeof tableSchema>;

export const footerSchema = z.object({
  rows: z.record(z.string(), z.number().int().nonnegative()),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type BackupFooter = z.infer<typeof footerSchema>;
