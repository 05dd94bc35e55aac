/**
 * JSON for PostgreSQL. `JSON.stringify` turns NaN and the infinities into null, and PostgreSQL has no place for U+0000 in
 * text or jsonb: the former become the strings that `::double precision` reads, the latter U+FFFD.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, storable);
}

/** A text that PostgreSQL can hold. */
export function toText(text: string): string {
  return text.includes("\u0000") ? text.replaceAll("\u0000", "\uFFFD") : text;
}

function storable(_key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value === "string") return toText(value);
  return value;
}
