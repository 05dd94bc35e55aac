/**
 * Avro in the Confluent wire format: a zero byte, the schema's id (4 bytes, big-endian), the record. Writing uses the
 * schemas of this build, which `newstape topics apply` has registered; reading resolves whatever schema wrote it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry";
import type avro from "avsc";
import { schemaDirectory } from "../../schemas/files.js";
import { topics, type TopicName, type TopicRecords } from "../../schemas/topics.js";
import { TransientError } from "../../schemas/transient-error.js";
import { parseSchema } from "./avro-types.js";
import type { Config } from "./config.js";
import { messageOf, UserError } from "./errors.js";
import { namesUnder } from "./names.js";
import { registryAgent } from "./registry-http.js";

/** Bytes that are not a record of the schema: the record is rejected, and never retried. */
export class UndecodableError extends Error {
  override readonly name = "UndecodableError";
}

/** Text of a schema file of this build. */
export function schemaText(file: string): string {
  return readFileSync(join(schemaDirectory, file), "utf8");
}

/** A client of the schema registry that the configuration names; requests that fail for a while are tried again. */
export function createSchemaRegistry(config: Config): SchemaRegistry {
  const { url, username, password } = config.schemaRegistry;
  const agent = registryAgent(config.schemaRegistry);
  return new SchemaRegistry({
    host: url,
    ...(agent && { agent }),
    ...(username && password && { auth: { username, password } }),
    retry: { retries: 5, initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 2 },
  });
}

/**
 * Records are encoded one behind the other into a slab, each once and without a buffer of its own; a slab lives as long as
 * one of its records does, which is until their transaction is committed.
 */
const slabSize = 256 * 1024;
const slab = { bytes: Buffer.allocUnsafeSlow(slabSize), used: 0 };

/** @param missing the result of an attempt that did not fit */
function nextSlab(missing: number): void {
  // What did not fit into an empty slab needs one of its own size.
  const size = slab.used === 0 ? slab.bytes.length - missing : slabSize;
  slab.bytes = Buffer.allocUnsafeSlow(Math.max(slabSize, size));
  slab.used = 0;
}

/** Writes and reads the records of one schema. */
export class RecordCodec<Value> {
  readonly #type: avro.Type;
  readonly #resolvers = new Map<number, avro.Resolver | undefined>();
  readonly #writers = new Map<number, avro.Type>();
  /** Ids that the registry did not have, with the time until which they are not requested again. */
  readonly #missing = new Map<number, number>();

  private constructor(
    readonly subject: string,
    type: avro.Type,
    readonly schemaId: number,
    private readonly registry: SchemaRegistry,
  ) {
    this.#type = type;
    this.#writers.set(schemaId, type);
    this.#resolvers.set(schemaId, undefined);
  }

  /** @throws UserError when the schema is not registered under the subject */
  static async open<Value>(registry: SchemaRegistry, subject: string, schemaFile: string): Promise<RecordCodec<Value>> {
    const schema = schemaText(schemaFile);
    try {
      const id = await registry.getRegistryIdBySchema(subject, { type: SchemaType.AVRO, schema });
      return new RecordCodec<Value>(subject, parseSchema(JSON.parse(schema) as avro.Schema), id, registry);
    } catch (error) {
      if (isNotFound(error)) {
        throw new UserError(
          `The schema ${schemaFile} is not registered as ${subject}`,
          "Run `newstape topics apply`.",
          { cause: error },
        );
      }
      throw new UserError(
        `The schema registry does not answer: ${messageOf(error)}`,
        "Check SCHEMA_REGISTRY_URL, or run `newstape up`.",
        { cause: error },
      );
    }
  }

  /** @throws when the record does not fit the schema */
  encode(record: Value): Buffer {
    for (;;) {
      // Negative by what is missing where the record does not fit into the rest of the slab.
      const end = slab.used + 5 <= slab.bytes.length ? this.#type.encode(record, slab.bytes, slab.used + 5) : -1;
      if (end < 0) {
        nextSlab(end);
        continue;
      }
      const bytes = slab.bytes.subarray(slab.used, end);
      slab.used = end;
      bytes[0] = 0;
      bytes.writeInt32BE(this.schemaId, 1);
      return bytes;
    }
  }

  /**
   * The record as a writer with that schema has it, which must have been `load`ed: what that schema lacks is left out, what
   * it has beyond this build's takes its default.
   *
   * @throws when the record does not fit that schema
   */
  encodeAs(schemaId: number, record: Value): Buffer {
    const writer = this.#writers.get(schemaId);
    if (!writer) throw new UndecodableError(`schema id ${schemaId} is unknown`);
    const head = Buffer.alloc(5);
    head.writeInt32BE(schemaId, 1);
    return Buffer.concat([head, writer.toBuffer(record)]);
  }

  /** The schema id that must be `load`ed before these bytes can be decoded; undefined when none is missing. */
  missingSchema(bytes: Buffer | null): number | undefined {
    if (bytes === null || bytes.length < 5 || bytes[0] !== 0) return undefined;
    const id = bytes.readInt32BE(1);
    return this.#writers.has(id) ? undefined : id;
  }

  /**
   * Fetches a writer's schema.
   *
   * @throws UndecodableError when the registry does not know it; TransientError when the registry is away
   */
  async load(id: number): Promise<void> {
    // Ids are given from 1 on; some registries answer others with an error of their own, which would look like a passing one.
    if (id < 1 || (this.#missing.get(id) ?? 0) > Date.now()) {
      throw new UndecodableError(`schema id ${id} is not registered`);
    }
    let writer: avro.Type;
    try {
      const found = (await this.registry.getSchema(id)) as unknown as avro.Type;
      // Made anew, so that what this build would skip is bounded too.
      writer = parseSchema(found.schema({ exportAttrs: true }));
    } catch (error) {
      if (isNotFound(error)) {
        noteMissing(this.#missing, id);
        throw new UndecodableError(`schema id ${id} is not registered`);
      }
      // The client's own errors come without a status: what the registry answered is no Avro schema, and stays none.
      if (statusOf(error) === undefined) {
        throw new UndecodableError(`schema id ${id} is no Avro schema: ${messageOf(error)}`);
      }
      throw new TransientError(`schema registry: ${messageOf(error)}`, { cause: error });
    }
    try {
      this.#resolvers.set(id, this.#type.createResolver(writer));
    } catch (error) {
      throw new UndecodableError(`schema id ${id} cannot be read as ${this.subject}: ${messageOf(error)}`);
    }
    this.#writers.set(id, writer);
  }

  /** @throws UndecodableError */
  decode(bytes: Buffer | null): Value {
    if (bytes === null) throw new UndecodableError("the value is empty");
    if (bytes.length < 5 || bytes[0] !== 0) throw new UndecodableError("the value is not in the Confluent wire format");
    const id = bytes.readInt32BE(1);
    if (!this.#writers.has(id)) throw new UndecodableError(`schema id ${id} is unknown`);
    try {
      const decoded: { value: unknown; offset: number } = this.#type.decode(bytes, 5, this.#resolvers.get(id));
      const { offset } = decoded;
      const value = decoded.value as Value;
      if (offset !== bytes.length) throw new Error(offset < 0 ? "truncated buffer" : "trailing data");
      return value;
    } catch (error) {
      throw new UndecodableError(`the value is not a record of schema id ${id}: ${messageOf(error)}`);
    }
  }

  /** `load`s what is missing, then decodes. */
  async read(bytes: Buffer | null): Promise<Value> {
    const missing = this.missingSchema(bytes);
    if (missing !== undefined) await this.load(missing);
    return this.decode(bytes);
  }
}

/** Subject of a topic's values (Confluent's TopicNameStrategy). */
export const subjectOf = (topic: string): string => `${topic}-value`;

export type TopicCodecs = { readonly [Name in TopicName]: RecordCodec<TopicRecords[Name]> };

/**
 * Codecs of the given topics, which write with the schemas of this build.
 *
 * @param physicalName name of a topic on the brokers, its prefix included
 * @throws UserError when a schema is not registered
 */
export async function openCodecs<Name extends TopicName>(
  registry: SchemaRegistry,
  names: readonly Name[],
  physicalName: (name: TopicName) => string,
): Promise<Pick<TopicCodecs, Name>> {
  const entries = await Promise.all(
    names.map(
      async (name) =>
        [name, await RecordCodec.open(registry, subjectOf(physicalName(name)), topics[name].schemaFile)] as const,
    ),
  );
  return Object.fromEntries(entries) as unknown as Pick<TopicCodecs, Name>;
}

/** The codec of `models.registry`. */
export async function openRegistryCodec(config: Config): Promise<TopicCodecs["models.registry"]> {
  const { topic } = namesUnder(config.topicPrefix);
  return (await openCodecs(createSchemaRegistry(config), ["models.registry"], topic))["models.registry"];
}

/** A producer of another registry may write thousands of records with one unknown id: one question in a while is enough. */
const missingFor = 10_000;
const mostMissing = 10_000;

function noteMissing(missing: Map<number, number>, id: number): void {
  if (missing.size >= mostMissing) missing.clear();
  missing.set(id, Date.now() + missingFor);
}

const statusOf = (error: unknown): number | undefined => (error as { status?: number }).status;

/** A connection's fault comes as status 400 with its text, in which a port may well read 40404. */
function isNotFound(error: unknown): boolean {
  const status = statusOf(error);
  if (status !== undefined) return status === 404;
  return error instanceof Error && /not found|no artifact|does not match any schema/i.test(error.message);
}
