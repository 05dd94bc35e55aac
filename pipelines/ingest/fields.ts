/** Readers of single fields: each gives a checked value or refuses the line with the code that fits. */
import { Refusal } from "./outcome.js";
import type { RejectCode } from "../../schemas/reject-codes.js";

/** A line's fields by lower-case name, from JSON (any values) or CSV (texts). */
export type Fields = Readonly<Record<string, unknown>>;

const controlCharacter = /[\u0000-\u001f\u007f]/;

/** Absent, null and the empty text are the same: CSV cannot distinguish them. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** An optional text for identifiers and names: trimmed, one line, bounded. */
export function optionalText(fields: Fields, name: string, maximum: number): string | undefined {
  const value = fields[name];
  if (isMissing(value)) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== "string") {
    const hint = typeof value === "number" ? " (numbers beyond 2^53 lose digits: write it as a text)" : "";
    throw new Refusal("INVALID_FIELD", `${name} is not a text${hint}`);
  }
  const text = value.trim();
  if (text === "") return undefined;
  if (text.length > maximum)
    throw new Refusal("TOO_LARGE", `${name} has ${text.length} characters; ${maximum} are allowed`);
  if (controlCharacter.test(text)) throw new Refusal("INVALID_FIELD", `${name} contains control characters`);
  return wellFormed(text);
}

/** Lone surrogates, which no UTF-8 can carry, become U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\uFFFD");
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A number, from JSON or in decimal notation; NaN for anything else, so that the range check names the code. */
function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return NaN;
  const text = value.trim();
  return decimal.test(text) ? Number(text) : NaN;
}

function requiredNumber(fields: Fields, name: string, code: RejectCode, fits: (value: number) => boolean): number {
  const raw = fields[name];
  if (isMissing(raw)) throw new Refusal("MISSING_FIELD", `${name} is missing`);
  const value = toNumber(raw);
  if (!Number.isFinite(value) || !fits(value)) throw new Refusal(code, `${name} is ${shown(raw)}`);
  return value;
}

/** A finite number of a present field. */
export function finiteNumber(fields: Fields, name: string): number {
  return requiredNumber(fields, name, "INVALID_FIELD", () => true);
}

/** A finite price above zero. */
export function price(fields: Fields, name: string): number {
  return requiredNumber(fields, name, "INVALID_PRICE", (value) => value > 0);
}

/** A finite volume of at least zero. */
export function volume(fields: Fields, name: string): number {
  // Adding zero turns −0, which would be another bar with the same meaning, into 0.
  return requiredNumber(fields, name, "INVALID_VOLUME", (value) => value >= 0) + 0;
}

/** A value as a reason may show it: short, and without what a terminal would obey. */
export function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
  return JSON.stringify(text.slice(0, 40));
}
