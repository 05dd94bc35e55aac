import { createHash } from "node:crypto";

/**
 * Identity of a record: a hash of what made it, so that a duplicate is recognisable anywhere.
 *
 * @param parts e.g. stage name, id of the input, symbol; the order matters
 * @returns 22 characters, base64url of the first 128 bits of SHA-256
 */
export function recordId(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\u0000")).digest("base64url").slice(0, 22);
}
