/** Tokens for SASL/OAUTHBEARER from a token endpoint: client credentials, RFC 6749 section 4.4. */
import { z } from "zod";
import type { SaslConfig } from "../access-settings.js";
import { messageOf } from "../errors.js";

type OAuthConfig = Extract<SaslConfig, { mechanism: "oauthbearer" }>;

const answerSchema = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive().optional() });

/** A token is fetched again when a fifth of its life is left: a connection is never opened with one that ends at once. */
const usedShare = 0.8;
const lifeWithoutWordMs = 60_000;
const withinMs = 10_000;

/**
 * One token for all connections, fetched when it is needed. Neither the secret nor a token is part of any message.
 *
 * @param now the clock, ms since 1970
 * @returns what throws an Error with the endpoint's reason
 */
export function oauthTokens(config: OAuthConfig, now: () => number = Date.now): () => Promise<{ value: string }> {
  let token: { readonly value: string; readonly until: number } | undefined;
  let fetching: Promise<{ value: string }> | undefined;
  const fetchToken = async (): Promise<{ value: string }> => {
    const { access_token: value, expires_in: seconds } = await requestToken(config);
    const life = seconds === undefined ? lifeWithoutWordMs : seconds * 1000;
    token = { value, until: now() + life * usedShare };
    return { value };
  };
  return async () => {
    if (token && now() < token.until) return { value: token.value };
    return (fetching ??= fetchToken().finally(() => (fetching = undefined)));
  };
}

const formEncoded = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1);

async function requestToken({ tokenUrl, username, password, scope }: OAuthConfig) {
  const what = `the token endpoint ${new URL(tokenUrl).origin}`;
  let response: Response;
  try {
    response = await fetch(tokenUrl, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`${formEncoded(username)}:${formEncoded(password)}`).toString("base64")}`,
        accept: "application/json",
      },
      body: new URLSearchParams({ grant_type: "client_credentials", ...(scope !== undefined && { scope }) }),
      redirect: "error",
      signal: AbortSignal.timeout(withinMs),
    });
  } catch (error) {
    throw new Error(`${what} does not answer: ${messageOf(error)}`, { cause: error });
  }
  const text = await response.text();
  if (!response.ok) throw new Error(`${what} answered ${response.status}${reasonIn(text)}`);
  const parsed = answerSchema.safeParse(jsonOf(text));
  if (!parsed.success) throw new Error(`${what} answered without an access_token`);
  return parsed.data;
}

/** The error codes of RFC 6749 section 5.2, and nothing else of the body. */
function reasonIn(text: string): string {
  const { error } = z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) }).safeParse(jsonOf(text)).data ?? {};
  return error === undefined ? "" : ` (${error})`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
