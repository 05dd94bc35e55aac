/**
 * Where a record holds a number that is NaN or infinite. JSON, sockets and model runtimes let them through, comparisons
 * with them are silently false, and one of them in a running mean stays there for ever: so operators refuse them first.
 *
 * @returns the path of the first such number, like `targets[1].values[0]` (empty for `value` itself); undefined when all
 * numbers are finite
 */
export function notFinite(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "";
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return undefined;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const found = notFinite(value[index]);
      if (found !== undefined) return `[${index}]${further(found)}`;
    }
    return undefined;
  }
  for (const name in value) {
    const found = notFinite((value as Record<string, unknown>)[name]);
    if (found !== undefined) return name + further(found);
  }
  return undefined;
}

const further = (path: string): string => (path === "" || path.startsWith("[") ? path : `.${path}`);
