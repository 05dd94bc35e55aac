/** Files of feature vectors: CSV, JSON Lines or an Avro container, chosen by the name; `.gz` for the first two. */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import avro from "avsc";
import type { FeatureSet } from "../../operators/features/feature-set.js";
import type { FeatureVector } from "../../schemas/generated/types.js";
import { UserError } from "../runtime/errors.js";

export interface VectorFile {
  /** Waits while the file falls behind. */
  write(vector: FeatureVector): Promise<void> | undefined;
  /** The file appears under its name only now: one that was interrupted leaves nothing half-written there. */
  close(): Promise<void>;
}

const about = ["symbol", "interval", "asOf", "eventTime", "barTime", "trigger", "triggerId", "close"] as const;

/** Rows are gathered to this many characters: a write of its own costs more than a row. */
const chunk = 1 << 18;

/**
 * @param name a file ending in .csv, .csv.gz, .jsonl, .jsonl.gz or .avro; `-`: CSV to standard output
 * @throws UserError for another ending
 */
export function openVectorFile(name: string, set: FeatureSet): VectorFile {
  if (name === "-") return textFile(process.stdout, csv(set));
  const form = /\.(csv|jsonl)(\.gz)?$|\.avro$/.exec(name);
  if (!form) {
    throw new UserError(`the format of ${name} is not known`, "End it in .csv, .jsonl (either with .gz) or .avro.");
  }
  const partial = `${name}.partial`;
  const inner =
    form[1] === undefined
      ? avroFile(partial, set)
      : textFileNamed(partial, form[2] !== undefined, form[1] === "csv" ? csv(set) : jsonl(set));
  return {
    write: (vector) => inner.write(vector),
    close: async () => {
      await inner.close();
      await rename(partial, name);
    },
  };
}

interface TextFormat {
  readonly header: string;
  readonly row: (vector: FeatureVector) => string;
}

function csv({ names }: FeatureSet): TextFormat {
  return {
    header: `${[...about, ...names].join(",")}\n`,
    // Identifiers hold no comma: symbols are checked, ids are hashes.
    row: (vector) => `${about.map((name) => vector[name]).join(",")},${vector.values.join(",")}\n`,
  };
}

function jsonl({ names }: FeatureSet): TextFormat {
  return {
    header: "",
    row: (vector) => {
      const values = Object.fromEntries(names.map((name, index) => [name, vector.values[index]]));
      return `${JSON.stringify({ ...Object.fromEntries(about.map((name) => [name, vector[name]])), ...values })}\n`;
    },
  };
}

function textFileNamed(name: string, gzip: boolean, format: TextFormat): VectorFile {
  const file = createWriteStream(name);
  if (!gzip) return textFile(file, format);
  const packer = createGzip({ level: 1 });
  packer.pipe(file);
  return textFile(packer, format, file);
}

function textFile(stream: NodeJS.WritableStream, { header, row }: TextFormat, last = stream): VectorFile {
  let text = header;
  const flush = (): Promise<void> | undefined => {
    const hasRoom = stream.write(text);
    text = "";
    return hasRoom ? undefined : once(stream, "drain").then(() => undefined);
  };
  return {
    write: (vector) => {
      text += row(vector);
      return text.length < chunk ? undefined : flush();
    },
    close: async () => {
      await flush();
      if (last === process.stdout) return;
      stream.end();
      await finished(last);
    },
  };
}

/** Avro names hold no hyphens. */
export const columnName = (feature: string): string => feature.replaceAll("-", "_");

function avroFile(name: string, { id, names }: FeatureSet): VectorFile {
  const time = { type: "long", logicalType: "timestamp-millis" };
  const types = {
    ...{ symbol: "string", interval: "string", asOf: time, eventTime: time, barTime: time, trigger: "string" },
    ...{ triggerId: "string", close: "double" },
  };
  const schema = {
    type: "record",
    name: "FeatureRow",
    doc: `Feature set ${id}`,
    fields: [
      ...about.map((field) => ({ name: field, type: types[field] })),
      ...names.map((feature) => ({ name: columnName(feature), type: "double", doc: feature })),
    ],
  };
  const columns = names.map(columnName);
  const encoder = avro.createFileEncoder(name, schema as avro.Schema, { codec: "deflate" });
  return {
    write: (vector) => {
      const row: Record<string, unknown> = {};
      for (const field of about) row[field] = vector[field];
      for (let index = 0; index < columns.length; index += 1) row[columns[index] ?? ""] = vector.values[index];
      return encoder.write(row) ? undefined : once(encoder, "drain").then(() => undefined);
    },
    close: async () => {
      encoder.end();
      await finished(encoder);
    },
  };
}
