import { lookup as lookUpName, type LookupAddress } from "node:dns";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction, type Socket } from "node:net";
import { packageVersion } from "../../../schemas/files.js";
import { messageOf } from "../../runtime/errors.js";
import { isPublicAddress } from "./addresses.js";
import { FeedError } from "./feed-error.js";
import { feedLimits, type FeedLimits } from "./limits.js";
import { unpacked } from "./unpack.js";

/** Validators of the last answer, for requests of changes only. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

export interface FetchOptions extends Validators {
  /** Also fetch from servers in private networks. */
  readonly allowPrivate: boolean;
  readonly signal?: AbortSignal | undefined;
  /** The clock, ms since 1970. */
  readonly now: () => number;
  readonly limits?: Partial<FeedLimits> | undefined;
  /** Who asks; some servers refuse programs that name no contact. Default: the product's name. */
  readonly userAgent?: string | undefined;
  /** Further headers, for the host of the address alone: a redirect to another does not get them. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Both replaced in tests, which have no public address to fetch from. */
  readonly lookup?: typeof lookUpName | undefined;
  readonly isPublic?: ((address: string) => boolean) | undefined;
}

export type FetchResult =
  | { readonly kind: "unchanged"; readonly maxAge: number | undefined }
  | {
      readonly kind: "document";
      readonly body: Buffer;
      readonly contentType: string;
      /** Address of the document, after redirects. */
      readonly url: string;
      readonly validators: Validators;
      /** How long the answer stays valid by the server's headers, ms. */
      readonly maxAge: number | undefined;
    };

/**
 * Gets a feed over HTTP. Every address that is connected to, behind each redirect too, is checked as it came out of the name's
 * look-up for this very connection: a name that answers differently the second time gains nothing.
 *
 * @throws FeedError
 */
export async function fetchFeed(address: string, options: FetchOptions): Promise<FetchResult> {
  const limits: FeedLimits = { ...feedLimits, ...options.limits };
  const total = AbortSignal.timeout(limits.totalTimeout);
  const signal = options.signal ? AbortSignal.any([total, options.signal]) : total;
  const first = parseUrl(address);
  let url = first;
  try {
    for (let hops = 0; ; hops += 1) {
      const own = isSameServer(url, first) ? options.headers : {};
      const response = await send(url, { ...options, headers: own }, limits, signal);
      const location = redirectOf(response, url);
      if (location === undefined) return await answerOf(response, url, options, limits);
      response.destroy();
      if (hops >= limits.redirects) throw new FeedError(`more than ${limits.redirects} redirects`);
      url = location;
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof FeedError) throw error;
    if (total.aborted) throw new FeedError(`no complete answer within ${limits.totalTimeout / 1000} s`);
    throw new FeedError(describe(error), undefined, false, { cause: error });
  }
}

/** Whether what was meant for one address may be sent to another: to the same host, and not in the open where it was not before. */
function isSameServer(url: URL, first: URL): boolean {
  return url.host === first.host && (url.protocol === first.protocol || url.protocol === "https:");
}

function describe(error: unknown): string {
  // A connection tried over several addresses fails with all of their errors.
  if (error instanceof AggregateError) return [...new Set(error.errors.map(messageOf))].join("; ");
  return messageOf(error);
}

export function parseUrl(address: string, base?: URL): URL {
  if (!URL.canParse(address, base?.href)) throw new FeedError(`${JSON.stringify(address.slice(0, 200))} is no address`);
  const url = new URL(address, base);
  if (url.protocol === "http:" || url.protocol === "https:") return url;
  throw new FeedError(`${url.protocol.slice(0, 20)} is not http or https`);
}

function redirectOf(response: IncomingMessage, from: URL): URL | undefined {
  const { statusCode = 0, headers } = response;
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined;
  if (headers.location === undefined) throw new FeedError(`HTTP ${statusCode} without a new address`);
  const url = parseUrl(headers.location, from);
  // What was meant for one server is not sent to another.
  if (isSameServer(url, from) && url.username === "")
    Object.assign(url, { username: from.username, password: from.password });
  return url;
}

function send(url: URL, options: FetchOptions, limits: FeedLimits, signal: AbortSignal): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !isAllowed(host, options)) throw refusedAddress(host, host);
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, {
      // A connection of its own for each request: one that is kept open was checked for another name.
      agent: false,
      lookup: checkedLookup(options),
      signal,
      headers: requestHeaders(url, options),
    });
    const timer = setTimeout(
      () => request.destroy(new FeedError(`no answer within ${limits.headersTimeout / 1000} s`)),
      limits.headersTimeout,
    );
    request.once("socket", (socket: Socket) => {
      // The look-up has been checked; this is the address that was really reached.
      const check = (): void => {
        const { remoteAddress } = socket;
        if (remoteAddress === undefined || !isAllowed(remoteAddress, options))
          request.destroy(refusedAddress(host, remoteAddress ?? "unknown"));
      };
      if (socket.connecting) socket.once("connect", check);
      else check();
    });
    request.once("response", (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    request.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end();
  });
}

function requestHeaders(url: URL, options: FetchOptions): Record<string, string> {
  const credentials = [url.username, url.password].map(decodeURIComponent).join(":");
  const given = Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    "user-agent": options.userAgent ?? `newstape/${packageVersion} (feed reader)`,
    accept:
      "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1",
    "accept-encoding": "gzip, deflate, br",
    ...(options.etag !== undefined && { "if-none-match": options.etag }),
    ...(options.lastModified !== undefined && { "if-modified-since": options.lastModified }),
    ...(credentials !== ":" && { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` }),
    ...(Object.fromEntries(given) as Record<string, string>),
  };
}

function isAllowed(address: string, { allowPrivate, isPublic = isPublicAddress }: FetchOptions): boolean {
  return allowPrivate || isPublic(address);
}

function refusedAddress(host: string, address: string): FeedError {
  const named = host === address ? host : `${host} is ${address}, which`;
  return new FeedError(`${named} is no public address; --allow-private lets private networks in`);
}

/** A look-up that gives public addresses only, and an error where there is none. */
function checkedLookup(fetchOptions: FetchOptions): LookupFunction {
  const { lookup = lookUpName } = fetchOptions;
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => {
      if (error !== null) return callback(error, "", 0);
      const allowed = found.filter(({ address }) => isAllowed(address, fetchOptions));
      const [first] = allowed;
      if (first === undefined) return callback(refusedAddress(host, found[0]?.address ?? "nothing"), "", 0);
      if (options.all === true) (callback as unknown as (error: null, all: LookupAddress[]) => void)(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

async function answerOf(
  response: IncomingMessage,
  url: URL,
  options: FetchOptions,
  limits: FeedLimits,
): Promise<FetchResult> {
  const { statusCode = 0, headers } = response;
  const maxAge = maxAgeOf(headers["cache-control"]);
  if (statusCode === 304) {
    response.destroy();
    return { kind: "unchanged", maxAge };
  }
  if (statusCode !== 200) {
    response.destroy();
    const retryAfter = retryAfterOf(headers["retry-after"], options.now());
    const status = `HTTP ${statusCode} ${response.statusMessage ?? ""}`.trim();
    throw new FeedError(status + adviceFor(statusCode, options), retryAfter, statusCode === 410);
  }
  const contentType = headers["content-type"] ?? "";
  if (/^\s*(?:image|audio|video|font)\/|application\/(?:pdf|zip)\b/i.test(contentType) && !/svg/i.test(contentType)) {
    response.destroy();
    throw new FeedError(`it is ${contentType.split(";")[0]}, not a feed`);
  }
  const body = await bodyOf(response, limits);
  const { etag, "last-modified": lastModified } = headers;
  return { kind: "document", body, contentType, url: url.href, validators: { etag, lastModified }, maxAge };
}

/** The unpacked body, never more of it in memory than allowed. */
async function bodyOf(response: IncomingMessage, limits: FeedLimits): Promise<Buffer> {
  const tooLarge = (): FeedError => new FeedError(`the answer has more than ${limits.wireBytes} bytes`);
  if (Number(response.headers["content-length"] ?? 0) > limits.wireBytes) {
    response.destroy();
    throw tooLarge();
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limits.wireBytes) {
      response.destroy();
      throw tooLarge();
    }
    chunks.push(chunk);
  }
  if (!response.complete) throw new FeedError("the answer was cut off");
  return await unpacked(Buffer.concat(chunks), response.headers["content-encoding"], limits.bodyBytes);
}

/** What a user can do about an answer; empty where there is nothing. */
function adviceFor(status: number, { userAgent, headers = {} }: FetchOptions): string {
  if (status === 401) return "; give what the server wants with --header, or user and password in the address";
  if (status !== 403 && status !== 406) return "";
  const isNamed = userAgent !== undefined || Object.keys(headers).some((name) => /^user-agent$/i.test(name));
  return isNamed
    ? "; the server refuses this --user-agent or address"
    : '; the server may refuse programs that name no contact: --user-agent "Your Name you@example.com"';
}

function bounded(milliseconds: number): number | undefined {
  return milliseconds > 0 ? Math.min(milliseconds, feedLimits.longestWait) : undefined;
}

function maxAgeOf(cacheControl: string | undefined): number | undefined {
  const seconds = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,9})/i.exec(cacheControl ?? "")?.[1];
  return seconds === undefined || /no-(?:cache|store)/i.test(cacheControl ?? "")
    ? undefined
    : bounded(Number(seconds) * 1000);
}

/** Seconds, or an HTTP date. */
function retryAfterOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  return bounded(/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now);
}
