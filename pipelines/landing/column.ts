import type { Origin } from "../../schemas/generated/types.js";
import type { LandedRecord } from "./landed-record.js";
import type { SqlType } from "./sql-type.js";

/** A column of a table and where its value comes from. */
export interface Column<Content> {
  readonly name: string;
  readonly type: SqlType;
  /** null, undefined: NULL. */
  readonly value: (landed: LandedRecord<Content>) => unknown;
  /** True for the place of the record rather than its content: no part of the content hash. */
  readonly isDelivery?: true;
  /** What a record from before the field is read with: it does not count in the content hash, so that of older rows stays. */
  readonly formerly?: unknown;
}

/** Names of the fields of a record whose values fit a type. */
type FieldOf<Content, Value> = {
  [Name in keyof Content]-?: Content[Name] extends Value ? Name : never;
}[keyof Content] &
  string;
/** What the fields of a column type hold, where they hold anything. */
interface Values {
  text: string;
  "text[]": readonly string[];
  boolean: boolean;
  integer: number;
  bigint: number;
  "double precision": number;
  "double precision[]": readonly number[];
  jsonb: object;
  timestamptz: number;
  date: number;
}

/** Columns that hold a field of the record each, under its name in snake case. */
export function fields<Content>() {
  return <Type extends SqlType>(type: Type, ...names: FieldOf<Content, Values[Type] | null>[]): Column<Content>[] =>
    names.map((name) => ({ name: snakeCase(name), type, value: ({ record }) => record[name] }));
}

/** Columns of fields that came later, and the value that records from before are read with. */
export const since = <Content>(formerly: unknown, columns: readonly Column<Content>[]): Column<Content>[] =>
  columns.map((of) => ({ ...of, formerly }));

/** A column that is computed from the record. */
export const column = <Content>(name: string, type: SqlType, value: (record: Content) => unknown): Column<Content> => ({
  name,
  type,
  value: ({ record }) => value(record),
});

/** Where a record lay, and when it was known: the Kafka time stamp if live, its own time if backfill. */
export function deliveryColumns<Content extends { readonly origin: Origin }>(
  availableAt: (record: Content) => number,
): Column<Content>[] {
  const isDelivery = true;
  return [
    {
      name: "known_at",
      type: "timestamptz",
      value: ({ record, timestamp }) => (record.origin === "live" ? timestamp : availableAt(record)),
      isDelivery,
    },
    { name: "kafka_partition", type: "integer", value: ({ partition }) => partition, isDelivery },
    { name: "kafka_offset", type: "bigint", value: ({ offset }) => offset, isDelivery },
  ];
}

export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
