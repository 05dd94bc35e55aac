import { FeedError } from "./fetch.js";

/**
 * Text of an XML document: by its byte order mark, else the charset of the Content-Type, else its XML declaration, else
 * UTF-8 (RFC 7303, section 3). Bytes that the charset does not have become U+FFFD.
 *
 * @throws FeedError for a charset that the platform does not know
 */
export function textOf(body: Buffer, contentType: string): string {
  const charset = byteOrderMark(body) ?? declaredType(contentType) ?? declaration(body) ?? "utf-8";
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(charset);
  } catch {
    throw new FeedError(`its charset ${JSON.stringify(charset.slice(0, 40))} is unknown`);
  }
  return decoder.decode(body);
}

function byteOrderMark(body: Buffer): string | undefined {
  const [first, second, third] = body;
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  // Without a mark, `<?` still shows the width.
  if (first === 0x3c && second === 0) return "utf-16le";
  if (first === 0 && second === 0x3c) return "utf-16be";
  return undefined;
}

function declaredType(contentType: string): string | undefined {
  return /;\s*charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType)?.[1];
}

function declaration(body: Buffer): string | undefined {
  const head = body.subarray(0, 200).toString("latin1");
  return /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)["']/.exec(head)?.[1];
}
