import type { Config } from "../../runtime/config.js";
import { messageOf, UserError } from "../../runtime/errors.js";
import { registryAgent, requestRegistry } from "../../runtime/registry-http.js";
import { isUnknownAuthority } from "../../runtime/tls.js";

/** The part of the Confluent-compatible registry interface that plans and applies schemas. */
export class SubjectClient {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  readonly #agent: ReturnType<typeof registryAgent>;

  constructor({ schemaRegistry }: Pick<Config, "schemaRegistry">) {
    const { url, username, password } = schemaRegistry;
    this.#agent = registryAgent(schemaRegistry);
    this.#base = url.replace(/\/+$/, "");
    this.#headers = {
      "content-type": "application/vnd.schemaregistry.v1+json",
      ...(username &&
        password && { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` }),
    };
  }

  async isRegistered(subject: string, schema: string): Promise<boolean> {
    return (await this.#call("POST", `/subjects/${encodeURIComponent(subject)}`, { schema })) !== undefined;
  }

  /** Whether the schema could be registered as the next version; true for a subject without any. */
  async isCompatible(subject: string, schema: string): Promise<boolean> {
    const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions/latest`;
    const answer = await this.#call("POST", path, { schema });
    return (answer as { is_compatible?: boolean } | undefined)?.is_compatible ?? true;
  }

  /** @throws UserError when the schema is not compatible with the registered ones */
  async register(subject: string, schema: string): Promise<void> {
    await this.#write("POST", `/subjects/${encodeURIComponent(subject)}/versions`, { schema });
  }

  /** The rule set for the subject itself; undefined when it has none. */
  async compatibility(subject: string): Promise<string | undefined> {
    const answer = await this.#call("GET", `/config/${encodeURIComponent(subject)}?defaultToGlobal=false`);
    return (answer as { compatibilityLevel?: string } | undefined)?.compatibilityLevel;
  }

  async setCompatibility(subject: string, compatibility: string): Promise<void> {
    await this.#write("PUT", `/config/${encodeURIComponent(subject)}`, { compatibility });
  }

  async deleteSubject(subject: string): Promise<void> {
    await this.#call("DELETE", `/subjects/${encodeURIComponent(subject)}`);
  }

  /** @returns undefined for a subject, or a version of it, that does not exist */
  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const { status, text } = await this.#send(method, path, body);
    if (status >= 200 && status < 300) return text === "" ? {} : JSON.parse(text);
    if (status === 404 && isOfRegistry(text)) return undefined;
    const answer = `The schema registry answered ${status} to ${method} ${path}: ${text.slice(0, 500)}`;
    if (status === 409) {
      throw new UserError(
        `The registry refuses ${method} ${path}: ${text.slice(0, 500)}`,
        "Make the schema compatible with the registered one: new fields need defaults.",
      );
    }
    throw new UserError(answer, remedies.get(status));
  }

  /** What was to be written and is not there is no success, whatever the registry calls it. */
  async #write(method: string, path: string, body: unknown): Promise<void> {
    if ((await this.#call(method, path, body)) !== undefined) return;
    throw new UserError(
      `The schema registry answered 404 to ${method} ${path}: nothing was written`,
      "This user may only read, or the path in SCHEMA_REGISTRY_URL is not that of the registry.",
    );
  }

  async #send(method: string, path: string, body: unknown): Promise<{ status: number; text: string }> {
    try {
      return await requestRegistry(this.#base + path, {
        method,
        headers: this.#headers,
        agent: this.#agent,
        withinMs: 20_000,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw new UserError(
        `The schema registry does not answer: ${messageOf(error)}`,
        isUnknownAuthority(error)
          ? "Name the certificate of the registry's authority in SCHEMA_REGISTRY_CA."
          : "Check SCHEMA_REGISTRY_URL, or run `newstape up`.",
        { cause: error },
      );
    }
  }
}

const noAccess =
  "Check SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD, and that this user may read and write subjects.";
const remedies: ReadonlyMap<number, string> = new Map([
  [401, noAccess],
  [403, noAccess],
  [404, "There is no schema registry at this path: check SCHEMA_REGISTRY_URL."],
  [405, noAccess],
]);

/** A registry's own 404 has a code of its own in the body; that of any other server has not. */
function isOfRegistry(text: string): boolean {
  try {
    return typeof (JSON.parse(text) as { error_code?: unknown } | null)?.error_code === "number";
  } catch {
    return false;
  }
}
