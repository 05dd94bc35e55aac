import { isUtf8 } from "node:buffer";
import { FeedError } from "./feed-error.js";

/**
 * Text of a feed: by its byte order mark, else the charset of the Content-Type, else its XML declaration (RFC 7303, section 3),
 * else what the bytes are: UTF-8, or windows-1252 where they are not. A charset that the bytes contradict is not believed: servers
 * send the same for all files. Bytes that the charset does not have become U+FFFD.
 *
 * @throws FeedError for a charset that the platform does not know, where the bytes do not tell
 */
export function textOf(body: Buffer, contentType: string): string {
  const marked = byteOrderMark(body);
  if (marked !== undefined) return decode(marked, body) ?? "";
  // What begins with single bytes is not UTF-16, although a declaration that was copied with the text says so.
  const written = [declaredType(contentType), declaration(body)]
    .filter((name) => name !== undefined)
    .filter((name) => !/^(?:utf-?16|utf-?32|ucs-?[24])/i.test(name));
  const named = written.filter((name) => decode(name, Buffer.alloc(0)) !== undefined);
  // A charset of single bytes takes anything. What UTF-8 takes and holds more than ASCII is no accident.
  const isTold = named.some((name) => !isUtf8Name(name) && !isLatin1(name));
  if (isUtf8(body) && (!isTold || named.some(isUtf8Name))) return decode("utf-8", body) ?? "";
  if (named.length === 0 && written.length > 0) {
    throw new FeedError(`its charset ${JSON.stringify(written[0]?.slice(0, 40))} is unknown`);
  }
  const other = named.find((name) => !isUtf8Name(name) && !isLatin1(name)) ?? named.find(isLatin1);
  if (other !== undefined) return decode(other, body) ?? "";
  return decode(isMostlyUtf8(body) ? "utf-8" : "windows-1252", body) ?? "";
}

/** @returns undefined for a charset that the platform does not know */
function decode(charset: string, body: Buffer): string | undefined {
  try {
    const decoder = new TextDecoder(charset);
    const text = decoder.decode(body);
    return decoder.encoding === "windows-1252" ? withWindowsCharacters(text) : text;
  } catch {
    return undefined;
  }
}

/** What windows-1252 has from 0x80 to 0x9f: Node before 24 reads these bytes as Latin-1 does, as control characters. */
const windowsCharacters =
  "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f" +
  "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

function withWindowsCharacters(text: string): string {
  return text.replace(/[\u0080-\u009f]/g, (control) => windowsCharacters.charAt(control.charCodeAt(0) - 0x80));
}

const isUtf8Name = (name: string): boolean => /^utf-?8$/i.test(name);

const isLatin1 = (name: string): boolean =>
  /^(?:iso[-_]?8859[-_]?1|latin-?1|windows-?1252|cp-?1252|us-ascii|ascii)$/i.test(name);

/** Whether UTF-8 was meant and a few bytes are broken: more of what is beyond ASCII can be read as UTF-8 than cannot. */
function isMostlyUtf8(body: Buffer): boolean {
  const text = new TextDecoder("utf-8").decode(body);
  let broken = 0;
  let read = 0;
  for (const [character] of text.matchAll(/[^\u0000-\u007f]/gu)) {
    if (character === "\ufffd") broken += 1;
    else read += 1;
  }
  return read > broken;
}

function byteOrderMark(body: Buffer): string | undefined {
  const [first, second, third] = body;
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  // Without a mark, `<?` still shows the width.
  if (first === 0x3c && second === 0 && third === 0x3f) return "utf-16le";
  if (first === 0 && second === 0x3c && third === 0) return "utf-16be";
  return undefined;
}

function declaredType(contentType: string): string | undefined {
  return /;\s*charset\s*=\s*["']?([^\s"';,]+)/i.exec(contentType)?.[1];
}

function declaration(body: Buffer): string | undefined {
  const head = body.subarray(0, 200).toString("latin1");
  return /^\s*<\?xml[^>]*\sencoding\s*=\s*["']\s*([^"'\s]+)\s*["']/i.exec(head)?.[1];
}
