/** How this process comes to the brokers and the registry: what was set is taken whole, or refused with what is missing. */
import { UserError } from "./errors.js";
import { readTlsFiles, type TlsFiles } from "./tls.js";

export type SaslConfig =
  | {
      readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
      readonly username: string;
      readonly password: string;
    }
  | {
      readonly mechanism: "oauthbearer";
      /** The client id. */
      readonly username: string;
      readonly password: string;
      readonly tokenUrl: string;
      readonly scope?: string;
    };

type Env<Name extends string> = { readonly [Variable in Name]?: string | undefined };

interface SaslEnv extends Env<
  | "KAFKA_SASL_USERNAME"
  | "KAFKA_SASL_PASSWORD"
  | "KAFKA_OAUTH_TOKEN_URL"
  | "KAFKA_OAUTH_CLIENT_ID"
  | "KAFKA_OAUTH_CLIENT_SECRET"
  | "KAFKA_OAUTH_SCOPE"
> {
  readonly KAFKA_SASL_MECHANISM?: SaslConfig["mechanism"] | undefined;
}

/** @throws UserError naming the variables that are missing, or that nothing would read */
export function saslOf(env: SaslEnv): SaslConfig | undefined {
  const { KAFKA_SASL_MECHANISM: mechanism } = env;
  const forUser = ["KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"] as const;
  const forClient = ["KAFKA_OAUTH_TOKEN_URL", "KAFKA_OAUTH_CLIENT_ID", "KAFKA_OAUTH_CLIENT_SECRET"] as const;
  if (mechanism === undefined) {
    refuseUnread(env, [...forUser, ...forClient, "KAFKA_OAUTH_SCOPE"], "KAFKA_SASL_MECHANISM is not set");
    return undefined;
  }
  if (mechanism === "oauthbearer") {
    refuseUnread(env, forUser, "KAFKA_SASL_MECHANISM is oauthbearer");
    refuseMissing(env, forClient);
    return {
      mechanism,
      username: env.KAFKA_OAUTH_CLIENT_ID ?? "",
      password: env.KAFKA_OAUTH_CLIENT_SECRET ?? "",
      tokenUrl: env.KAFKA_OAUTH_TOKEN_URL ?? "",
      ...(env.KAFKA_OAUTH_SCOPE !== undefined && { scope: env.KAFKA_OAUTH_SCOPE }),
    };
  }
  refuseUnread(env, [...forClient, "KAFKA_OAUTH_SCOPE"], `KAFKA_SASL_MECHANISM is ${mechanism}`);
  refuseMissing(env, forUser);
  return { mechanism, username: env.KAFKA_SASL_USERNAME ?? "", password: env.KAFKA_SASL_PASSWORD ?? "" };
}

/** A user who is named and not let in would be a stranger to the broker, whose refusals do not say so. */
function refuseUnread<Name extends string>(env: Env<Name>, variables: readonly Name[], because: string): void {
  const set = variables.filter((name) => env[name] !== undefined);
  if (set.length === 0) return;
  throw new UserError(
    `${set.join(" and ")} ${set.length === 1 ? "is" : "are"} set, and ${because}: nothing would read ${set.length === 1 ? "it" : "them"}`,
    "Set KAFKA_SASL_MECHANISM to what the brokers ask for (plain, scram-sha-256, scram-sha-512, oauthbearer), or take the others away.",
  );
}

function refuseMissing<Name extends string>(env: Env<Name | "KAFKA_SASL_MECHANISM">, variables: readonly Name[]): void {
  const missing = variables.filter((name) => env[name] === undefined);
  if (missing.length === 0) return;
  throw new UserError(
    `KAFKA_SASL_MECHANISM is ${env.KAFKA_SASL_MECHANISM}, without ${missing.join(" and ")}`,
    `Set ${missing.join(" and ")} too.`,
  );
}

interface KafkaTlsEnv extends Env<"KAFKA_TLS_CA" | "KAFKA_TLS_CERT" | "KAFKA_TLS_KEY" | "KAFKA_TLS_KEY_PASSPHRASE"> {
  readonly KAFKA_TLS?: boolean | undefined;
}

/** @throws UserError for files that cannot be used, or that would not be */
export function kafkaTlsOf(env: KafkaTlsEnv): false | TlsFiles {
  const files = tlsFiles("KAFKA_TLS_", env);
  if (env.KAFKA_TLS === false && files) {
    throw new UserError(
      "KAFKA_TLS is false, and a KAFKA_TLS_ file is named: nothing would read it",
      "Set KAFKA_TLS to true, or take the files away.",
    );
  }
  return files ?? (env.KAFKA_TLS === true ? { variables: "KAFKA_TLS_" } : false);
}

/** Undefined where no file is named. */
function tlsFiles<Prefix extends "KAFKA_TLS_" | "SCHEMA_REGISTRY_">(
  variables: Prefix,
  env: Env<`${Prefix}${"CA" | "CERT" | "KEY" | "KEY_PASSPHRASE"}`>,
): TlsFiles | undefined {
  const named = env as Readonly<Record<string, string | undefined>>;
  const [ca, cert, key, passphrase] = ["CA", "CERT", "KEY", "KEY_PASSPHRASE"].map((name) => named[variables + name]);
  if (passphrase !== undefined && key === undefined) {
    throw new UserError(`${variables}KEY_PASSPHRASE is set without ${variables}KEY`, `Set ${variables}KEY too.`);
  }
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  const files: TlsFiles = {
    variables,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(passphrase !== undefined && { passphrase }),
  };
  readTlsFiles(files);
  return files;
}

type RegistryEnv = Env<
  | "SCHEMA_REGISTRY_URL"
  | "SCHEMA_REGISTRY_USERNAME"
  | "SCHEMA_REGISTRY_PASSWORD"
  | "SCHEMA_REGISTRY_CA"
  | "SCHEMA_REGISTRY_CERT"
  | "SCHEMA_REGISTRY_KEY"
  | "SCHEMA_REGISTRY_KEY_PASSPHRASE"
>;

/** User and password may stand in the address too, as providers hand it out. */
export function registryOf(env: RegistryEnv, localUrl = "") {
  const tls = tlsFiles("SCHEMA_REGISTRY_", env);
  const url = new URL(env.SCHEMA_REGISTRY_URL ?? (localUrl === "" ? "http://none" : localUrl));
  const inUrl = { username: decoded(url.username), password: decoded(url.password) };
  if (inUrl.username !== "" && env.SCHEMA_REGISTRY_USERNAME !== undefined) {
    throw new UserError(
      "SCHEMA_REGISTRY_URL names a user, and SCHEMA_REGISTRY_USERNAME another",
      "Leave one of them out.",
    );
  }
  url.username = url.password = "";
  const isGiven = env.SCHEMA_REGISTRY_URL !== undefined || localUrl !== "";
  const username = env.SCHEMA_REGISTRY_USERNAME ?? inUrl.username;
  const password = env.SCHEMA_REGISTRY_PASSWORD ?? inUrl.password;
  if ((username === "") !== (password === "")) {
    const missing = username === "" ? "USERNAME" : "PASSWORD";
    throw new UserError(
      `The schema registry's user has no ${missing.toLowerCase()}`,
      `Set SCHEMA_REGISTRY_${missing}.`,
    );
  }
  if (tls && url.protocol !== "https:") {
    throw new UserError(
      "SCHEMA_REGISTRY_CA or _CERT is set, and SCHEMA_REGISTRY_URL begins with http: nothing would be encrypted",
      "Begin SCHEMA_REGISTRY_URL with https, or take the files away.",
    );
  }
  return {
    url: isGiven ? url.href.replace(/\/+$/, "") : "",
    ...(username !== "" && { username, password }),
    ...(tls && { tls }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UserError(
      "User or password in SCHEMA_REGISTRY_URL is not percent-encoded",
      "Set SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD instead.",
    );
  }
}
