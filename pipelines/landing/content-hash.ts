import { hash } from "node:crypto";
import type { Column } from "./column.js";
import type { LandedRecord } from "./landed-record.js";

/**
 * Hash of a record's content, without its place. Absent values do not count, and neither do those that `formerly`
 * names, so a field that a later schema adds leaves the hashes of older records as they were.
 *
 * @returns 22 characters, base64url of the first 128 bits of SHA-256
 */
export function contentHash<Content>(columns: readonly Column<Content>[], landed: LandedRecord<Content>): string {
  let content = "";
  for (const { name, value, isDelivery, formerly } of columns) {
    if (isDelivery) continue;
    const found = value(landed);
    if (found !== null && found !== undefined && found !== formerly)
      content += `${name}=${JSON.stringify(found, withNonFinite)}\n`;
  }
  return hash("sha256", content, "base64url").slice(0, 22);
}

const withNonFinite = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
