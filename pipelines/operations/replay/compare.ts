/** Where a recomputed record differs from the recorded one. */

export interface FieldDifference {
  /** E.g. `targets[1].values[0]`. */
  readonly path: string;
  readonly recorded: unknown;
  readonly recomputed: unknown;
}

/** Leaves that differ, at most `limit`; numbers are compared bit for bit. */
export function differences(recorded: unknown, recomputed: unknown, limit = 20): FieldDifference[] {
  const found: FieldDifference[] = [];
  const visit = (one: unknown, other: unknown, path: string): void => {
    if (found.length >= limit || Object.is(one, other)) return;
    if (Buffer.isBuffer(one) && Buffer.isBuffer(other)) {
      if (!one.equals(other)) found.push({ path, recorded: one.toString("hex"), recomputed: other.toString("hex") });
    } else if (isBranch(one) && isBranch(other)) {
      const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
      for (const key of keys) {
        const child = Array.isArray(one) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
        visit((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key], child);
      }
    } else found.push({ path: path || "(the record)", recorded: one, recomputed: other });
  };
  visit(recorded, recomputed, "");
  return found;
}

const isBranch = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Buffer.isBuffer(value);
