/**
 * The configuration: read once from the environment, checked, frozen and passed down. Nothing else reads `process.env`. What
 * only some parts of the pipeline know (which models, which features) they declare themselves.
 */
import { join, resolve } from "node:path";
import { z } from "zod";
import { packageRoot } from "../../schemas/files.js";
import { UserError } from "./errors.js";
import type { TlsFiles } from "./tls.js";
import { kafkaTlsOf, registryOf, saslOf, type SaslConfig } from "./access-settings.js";
import { count, declareSettings, flag, variablesOf, type SettingsDeclaration } from "./settings.js";

const saslMechanisms = ["plain", "scram-sha-256", "scram-sha-512", "oauthbearer"] as const;

const variables = {
  KAFKA_BROKERS: z.string().min(1).optional().describe("Comma-separated brokers; unset: the local stack's."),
  KAFKA_TLS: flag.optional().describe("true to use TLS with the brokers; unset: where one of the files is named."),
  KAFKA_TLS_CA: z.string().optional().describe("File of the brokers' certificate authority, PEM; unset: the system's."),
  KAFKA_TLS_CERT: z.string().optional().describe("File of this client's certificate, PEM; read again when it changes."),
  KAFKA_TLS_KEY: z.string().optional().describe("File of that certificate's private key, PEM."),
  KAFKA_TLS_KEY_PASSPHRASE: z.string().optional().describe("Passphrase of that key."),
  KAFKA_SASL_MECHANISM: z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(saslMechanisms))
    .optional()
    .describe(`SASL mechanism: ${saslMechanisms.join(", ")}.`),
  KAFKA_SASL_USERNAME: z.string().optional().describe("SASL user name."),
  KAFKA_SASL_PASSWORD: z.string().optional().describe("SASL password."),
  KAFKA_OAUTH_TOKEN_URL: z.url().optional().describe("Token endpoint for oauthbearer (client credentials)."),
  KAFKA_OAUTH_CLIENT_ID: z.string().optional().describe("Client id at that endpoint."),
  KAFKA_OAUTH_CLIENT_SECRET: z.string().optional().describe("Client secret at that endpoint."),
  KAFKA_OAUTH_SCOPE: z.string().optional().describe("Scope that is asked for."),
  SCHEMA_REGISTRY_URL: z
    .url({ error: "is no address like https://HOST:8081" })
    .optional()
    .describe("Confluent-compatible schema registry; unset: the local stack's."),
  SCHEMA_REGISTRY_USERNAME: z.string().optional().describe("Registry user name (basic authentication)."),
  SCHEMA_REGISTRY_PASSWORD: z.string().optional().describe("Registry password."),
  SCHEMA_REGISTRY_CA: z.string().optional().describe("File of the registry's certificate authority, PEM."),
  SCHEMA_REGISTRY_CERT: z.string().optional().describe("File of this client's certificate for the registry, PEM."),
  SCHEMA_REGISTRY_KEY: z.string().optional().describe("File of that certificate's private key, PEM."),
  SCHEMA_REGISTRY_KEY_PASSPHRASE: z.string().optional().describe("Passphrase of that key."),
  DATABASE_URL: z.string().optional().describe("PostgreSQL or TimescaleDB; unset: the local stack's."),
  JAVA_HOME: z.string().optional().describe("Java of the local stack; unset: the one of the PATH."),
  NEWSTAPE_DATA: z.string().default(".newstape").describe("Directory of the local stack's data, logs and checkpoints."),
  NEWSTAPE_UNIVERSE: z
    .string()
    .optional()
    .describe("Symbols of your own: a CSV file, or any; unset: your files are let in whole."),
  NEWSTAPE_PARTITIONS: count.min(1).max(1024).default(6).describe("Partitions of every topic but the registry."),
  NEWSTAPE_REPLICATION: count
    .min(1)
    .max(7)
    .optional()
    .describe("Replication factor of every topic; unset: three, or as many as there are brokers."),
  NEWSTAPE_RETENTION_DAYS: count.min(1).default(365).describe("Retention of the topics that are not compacted."),
  NEWSTAPE_TOPIC_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]*$/)
    .default("")
    .describe("Prefix of topics, consumer groups and transactional ids."),
  NEWSTAPE_HTTP_PORT: count
    .min(0)
    .max(65535)
    .optional()
    .describe("Port of /healthz, /readyz, /metrics; 0: any free one."),
  NEWSTAPE_HTTP_HOST: z.string().default("127.0.0.1").describe("Address on which that port listens."),
  NEWSTAPE_BATCH_RECORDS: count.min(1).optional().describe("Most records in one transaction; unset: the stage's own."),
  NEWSTAPE_LINGER_MS: count
    .min(0)
    .max(1000)
    .default(0)
    .describe("Least time between two transactions of a task while few records wait."),
  NEWSTAPE_SESSION_TIMEOUT_MS: count.min(1000).default(6000).describe("Consumer group session time-out."),
  NEWSTAPE_LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "silent"])
    .default("info")
    .describe("Log level."),
} as const;

type Values = z.output<z.ZodObject<typeof variables>>;

export interface KafkaConfig {
  readonly brokers: readonly string[];
  readonly ssl: false | TlsFiles;
  readonly sasl?: SaslConfig;
}

export interface SchemaRegistryConfig {
  /** Without user and password. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: TlsFiles;
}

/** What every part of the pipeline works with. */
export interface Config {
  readonly kafka: KafkaConfig;
  readonly schemaRegistry: SchemaRegistryConfig;
  readonly databaseUrl: string;
  /** Which of the three the environment names; the local stack provides the others. */
  readonly external: {
    readonly kafkaBrokers?: string[];
    readonly schemaRegistryUrl?: string;
    readonly databaseUrl?: string;
  };
  readonly dataDirectory: string;
  /** File of the symbols that are let in, or `any`. */
  readonly universe?: string;
  /** The `java` command of the local stack. */
  readonly java: string;
  readonly partitions: number;
  /** Undefined: by the number of brokers. */
  readonly replication?: number;
  readonly retentionMs: number;
  readonly topicPrefix: string;
  readonly http?: { readonly port: number; readonly host: string };
  readonly batchRecords?: number;
  readonly lingerMs: number;
  readonly sessionTimeoutMs: number;
  readonly logLevel: Values["NEWSTAPE_LOG_LEVEL"];
}

/** Addresses that the local stack has given; used where the environment names none. */
export interface LocalEndpoints {
  readonly kafkaBrokers: readonly string[];
  readonly schemaRegistryUrl: string;
  readonly databaseUrl: string;
}

/** The variables of `Config`. */
export const runtimeSettings = declareSettings(variables, runtimeConfig);

/**
 * The variables follow from the parts, which are listed where the pipeline is put together: `pipelines/config.ts`.
 *
 * @param declarations of every part, whichever of them runs: what is wrong is refused by all
 * @param environment usually `process.env`
 * @param local endpoints of the local stack, where one runs
 * @returns `Config`, and beside it the settings of the declarations
 * @throws UserError naming every variable that is wrong
 */
export function readSettings(
  declarations: readonly SettingsDeclaration[],
  environment: NodeJS.ProcessEnv = process.env,
  local?: LocalEndpoints,
): Config {
  const values = valuesOf([runtimeSettings, ...declarations], environment);
  const others = declarations.map(({ settings }) => settings(values));
  return deepFreeze(merged([runtimeConfig(values, local), ...others]) as Config);
}

/**
 * The settings of one part alone, for what needs nothing else of the configuration.
 *
 * @throws UserError as `readSettings`
 */
export const readSettingsOf = <Settings extends object>(
  declaration: SettingsDeclaration<Settings>,
  environment: NodeJS.ProcessEnv = process.env,
): Settings => declaration.settings(valuesOf([declaration], environment));

function valuesOf(declarations: readonly SettingsDeclaration[], environment: NodeJS.ProcessEnv): never {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = z.object(variablesOf(declarations)).safeParse(given);
  if (parsed.success) return parsed.data as never;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new UserError(`The configuration is wrong: ${problems.join("; ")}`, "Correct these environment variables.");
}

/** @throws Error for a setting that two of them name */
function merged(parts: readonly object[]): object {
  const all = new Map<string, unknown>();
  for (const [name, value] of parts.flatMap((part) => Object.entries(part))) {
    if (all.has(name)) throw new Error(`two parts of the pipeline name a setting ${name}`);
    all.set(name, value);
  }
  return Object.fromEntries(all);
}

function runtimeConfig(env: Values, local?: LocalEndpoints): Config {
  const brokers = env.KAFKA_BROKERS?.split(",").map((broker) => broker.trim());
  const external = {
    ...(brokers && { kafkaBrokers: brokers }),
    ...(env.SCHEMA_REGISTRY_URL && { schemaRegistryUrl: env.SCHEMA_REGISTRY_URL }),
    ...(env.DATABASE_URL && { databaseUrl: env.DATABASE_URL }),
  };
  const sasl = saslOf(env);
  return {
    kafka: {
      brokers: brokers ?? [...(local?.kafkaBrokers ?? [])],
      ssl: kafkaTlsOf(env),
      ...(sasl && { sasl }),
    },
    schemaRegistry: registryOf(env, local?.schemaRegistryUrl),
    databaseUrl: env.DATABASE_URL ?? local?.databaseUrl ?? "",
    external,
    java: env.JAVA_HOME ? join(env.JAVA_HOME, "bin", "java") : "java",
    dataDirectory: resolve(packageRoot, env.NEWSTAPE_DATA),
    ...(env.NEWSTAPE_UNIVERSE !== undefined && { universe: env.NEWSTAPE_UNIVERSE }),
    partitions: env.NEWSTAPE_PARTITIONS,
    ...(env.NEWSTAPE_REPLICATION !== undefined && { replication: env.NEWSTAPE_REPLICATION }),
    retentionMs: env.NEWSTAPE_RETENTION_DAYS * 86_400_000,
    topicPrefix: env.NEWSTAPE_TOPIC_PREFIX,
    ...(env.NEWSTAPE_HTTP_PORT !== undefined && {
      http: { port: env.NEWSTAPE_HTTP_PORT, host: env.NEWSTAPE_HTTP_HOST },
    }),
    ...(env.NEWSTAPE_BATCH_RECORDS !== undefined && { batchRecords: env.NEWSTAPE_BATCH_RECORDS }),
    lingerMs: env.NEWSTAPE_LINGER_MS,
    sessionTimeoutMs: env.NEWSTAPE_SESSION_TIMEOUT_MS,
    logLevel: env.NEWSTAPE_LOG_LEVEL,
  };
}

function deepFreeze<Value>(value: Value): Value {
  if (value !== null && typeof value === "object" && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
