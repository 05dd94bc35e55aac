import type { Config } from "../../runtime/config.js";
import { messageOf, UserError } from "../../runtime/errors.js";

/** The part of the Confluent-compatible registry interface that plans and applies schemas. */
export class SubjectClient {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor({ schemaRegistry: { url, username, password } }: Config) {
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
    await this.#call("POST", `/subjects/${encodeURIComponent(subject)}/versions`, { schema });
  }

  /** The rule set for the subject itself; undefined when it has none. */
  async compatibility(subject: string): Promise<string | undefined> {
    const answer = await this.#call("GET", `/config/${encodeURIComponent(subject)}?defaultToGlobal=false`);
    return (answer as { compatibilityLevel?: string } | undefined)?.compatibilityLevel;
  }

  async setCompatibility(subject: string, compatibility: string): Promise<void> {
    await this.#call("PUT", `/config/${encodeURIComponent(subject)}`, { compatibility });
  }

  async deleteSubject(subject: string): Promise<void> {
    await this.#call("DELETE", `/subjects/${encodeURIComponent(subject)}`);
  }

  /** @returns undefined for what does not exist */
  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(this.#base + path, {
        method,
        headers: this.#headers,
        signal: AbortSignal.timeout(20_000),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw new UserError(
        `The schema registry does not answer: ${messageOf(error)}`,
        "Check SCHEMA_REGISTRY_URL, or run `newstape up`.",
        { cause: error },
      );
    }
    const text = await response.text();
    if (response.ok) return text === "" ? {} : JSON.parse(text);
    if (response.status === 404) return undefined;
    if (response.status === 409) {
      throw new UserError(
        `The registry refuses ${method} ${path}: ${text.slice(0, 500)}`,
        "Make the schema compatible with the registered one: new fields need defaults.",
      );
    }
    throw new UserError(`The schema registry answered ${response.status} to ${method} ${path}: ${text.slice(0, 500)}`);
  }
}
