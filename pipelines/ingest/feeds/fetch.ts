import { lookup as lookUpName, type LookupAddress } from "node:dns";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction, type Socket } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { packageVersion } from "../../../schemas/files.js";
import { messageOf } from "../../runtime/errors.js";
import { isPublicAddress } from "./addresses.js";
import { feedLimits } from "./limits.js";

/** Why a feed could not be read; the message has what and, where a server sent it, for how long. */
export class FeedError extends Error {
  override readonly name = "FeedError";

  constructor(
    message: string,
    /** The server requests no further request for so long, ms. */
    readonly retryAfter?: number,
    /** It will not get better: the feed is gone. */
    readonly isPermanent = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

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
  readonly limits?: Partial<Limits> | undefined;
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

type Limits = { readonly [Name in keyof typeof feedLimits]: number };

/**
 * Gets a feed over HTTP. Every address that is connected to, behind each redirect too, is checked as it came out of the name's
 * look-up for this very connection: a name that answers differently the second time gains nothing.
 *
 * @throws FeedError
 */
export async function fetchFeed(address: string, options: FetchOptions): Promise<FetchResult> {
  const limits: Limits = { ...feedLimits, ...options.limits };
  const total = AbortSignal.timeout(limits.totalTimeout);
  const signal = options.signal ? AbortSignal.any([total, options.signal]) : total;
  let url = parseUrl(address);
  try {
    for (let hops = 0; ; hops += 1) {
      const response = await send(url, options, limits, signal);
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
  if (url.host === from.host && url.username === "")
    Object.assign(url, { username: from.username, password: from.password });
  return url;
}

function send(url: URL, options: FetchOptions, limits: Limits, signal: AbortSignal): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !isAllowed(host, options)) throw refusedAddress(host, host);
  const credentials = [url.username, url.password].map(decodeURIComponent).join(":");
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, {
      // A connection of its own for each request: one that is kept open was checked for another name.
      agent: false,
      lookup: checkedLookup(options),
      signal,
      headers: {
        "user-agent": `newstape/${packageVersion} (feed reader)`,
        accept:
          "application/atom+xml, application/rss+xml, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1",
        "accept-encoding": "gzip, deflate, br",
        ...(options.etag !== undefined && { "if-none-match": options.etag }),
        ...(options.lastModified !== undefined && { "if-modified-since": options.lastModified }),
        ...(credentials !== ":" && { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` }),
      },
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
  limits: Limits,
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
    throw new FeedError(`HTTP ${statusCode} ${response.statusMessage ?? ""}`.trim(), retryAfter, statusCode === 410);
  }
  const contentType = headers["content-type"] ?? "";
  if (
    /^\s*(?:image|audio|video|font)\/|application\/(?:json|pdf|zip)\b/i.test(contentType) &&
    !/svg/i.test(contentType)
  ) {
    response.destroy();
    throw new FeedError(`it is ${contentType.split(";")[0]}, not a feed`);
  }
  const body = await bodyOf(response, limits);
  const { etag, "last-modified": lastModified } = headers;
  return { kind: "document", body, contentType, url: url.href, validators: { etag, lastModified }, maxAge };
}

/** The unpacked body, never more of it in memory than allowed. */
async function bodyOf(response: IncomingMessage, limits: Limits): Promise<Buffer> {
  const tooLarge = (bytes: number, what: string): FeedError => new FeedError(`${what} more than ${bytes} bytes`);
  if (Number(response.headers["content-length"] ?? 0) > limits.wireBytes) {
    response.destroy();
    throw tooLarge(limits.wireBytes, "the answer has");
  }
  let wireBytes = 0;
  const source = response.on("data", (chunk: Buffer) => {
    wireBytes += chunk.length;
    if (wireBytes > limits.wireBytes) response.destroy(tooLarge(limits.wireBytes, "the answer has"));
  });
  const unpacker = unpackerOf(response.headers["content-encoding"]);
  const stream = unpacker === undefined ? source : pipeline(source, unpacker, () => undefined);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limits.bodyBytes) {
      response.destroy();
      throw tooLarge(limits.bodyBytes, "unpacked, the answer has");
    }
    chunks.push(chunk);
  }
  if (!response.complete) throw new FeedError("the answer was cut off");
  return Buffer.concat(chunks);
}

function unpackerOf(encoding: string | undefined): Duplex | undefined {
  switch (encoding?.trim().toLowerCase() ?? "") {
    case "":
    case "identity":
      return undefined;
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    default:
      throw new FeedError(`the answer is packed with ${String(encoding).slice(0, 40)}, which was not asked for`);
  }
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
