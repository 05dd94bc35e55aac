/**
 * How a value travels to PostgreSQL: a column of a batch is one array parameter, and `unnest` makes rows of the arrays. As
 * `unnest` would take arrays of arrays apart to the last number, a row's own array travels as its text form.
 */
import { toJson, toText } from "./json.js";

export interface SqlTypeRule {
  /** Element type of the array parameter. */
  readonly parameter: "text" | "double precision" | "bigint" | "boolean";
  /** A present value as an element of that array. */
  encode(value: never): unknown;
  /** From the element, as `source`, to the column's type. */
  decode(source: string): string;
}

const asIs = (value: never): unknown => value;
const itself = (source: string): string => source;
const cast =
  (type: string) =>
  (source: string): string =>
    `${source}::${type}`;
/** Exact to the millisecond for every safe integer that PostgreSQL's range of times holds; ISO texts end at the year 9999. */
const fromMilliseconds = (source: string): string => `timestamptz 'epoch' + ${source} * interval '1 millisecond'`;

export const sqlTypes = {
  text: { parameter: "text", encode: (value: string) => toText(value), decode: itself },
  "text[]": { parameter: "text", encode: (value: readonly string[]) => textArray(value), decode: cast("text[]") },
  boolean: { parameter: "boolean", encode: asIs, decode: itself },
  integer: { parameter: "bigint", encode: asIs, decode: cast("integer") },
  bigint: { parameter: "bigint", encode: asIs, decode: itself },
  "double precision": { parameter: "double precision", encode: asIs, decode: itself },
  "double precision[]": {
    parameter: "text",
    encode: (value: readonly number[]) => `{${value.join(",")}}`,
    decode: cast("double precision[]"),
  },
  jsonb: { parameter: "text", encode: (value: unknown) => toJson(value), decode: cast("jsonb") },
  /** Milliseconds since 1970. */
  timestamptz: { parameter: "bigint", encode: asIs, decode: fromMilliseconds },
  /** The day in New York of milliseconds since 1970. */
  date: {
    parameter: "bigint",
    encode: asIs,
    decode: (source: string) => `((${fromMilliseconds(source)}) AT TIME ZONE 'America/New_York')::date`,
  },
} as const satisfies Record<string, SqlTypeRule>;

export type SqlType = keyof typeof sqlTypes;

function textArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${toText(value).replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
}
