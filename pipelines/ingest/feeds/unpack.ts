import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from "node:zlib";
import { messageOf } from "../../runtime/errors.js";
import { FeedError } from "./feed-error.js";

type Unpack = (packed: Buffer, options: ZlibOptions) => Promise<Buffer>;

const unpackers: Readonly<Record<string, Unpack>> = {
  gzip: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  brotli: promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress),
  zlib: promisify<Buffer, ZlibOptions, Buffer>(inflate),
  raw: promisify<Buffer, ZlibOptions, Buffer>(inflateRaw),
};

/**
 * An answer's body as it was before it was packed: by its Content-Encoding, and where it says nothing of it, by the mark that
 * gzip begins with.
 *
 * @param encoding several are parted by commas, the last one applied last
 * @throws FeedError for one that is broken, that grows past the bound or whose packing was not asked for
 */
export async function unpacked(body: Buffer, encoding: string | undefined, maximumBytes: number): Promise<Buffer> {
  const applied = (encoding ?? "").split(",").map((name) => name.trim().toLowerCase());
  let result = body;
  for (const name of applied.reverse().slice(0, 3)) result = await unpackOne(result, name, maximumBytes);
  // A file that lies packed on a server is sent as it is.
  if (isGzip(result)) result = await unpackOne(result, "gzip", maximumBytes);
  if (result.length <= maximumBytes) return result;
  throw tooLarge(maximumBytes);
}

async function unpackOne(packed: Buffer, encoding: string, maximumBytes: number): Promise<Buffer> {
  const unpack = unpackerOf(packed, encoding);
  if (unpack === undefined) return packed;
  try {
    return await unpack(packed, { maxOutputLength: maximumBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(maximumBytes);
    throw new FeedError(`its ${encoding} packing is broken: ${messageOf(error)}`, undefined, false, { cause: error });
  }
}

/** @returns undefined where nothing is packed */
function unpackerOf(packed: Buffer, encoding: string): Unpack | undefined {
  switch (encoding) {
    case "":
    case "identity":
    case "none":
      return undefined;
    case "gzip":
    case "x-gzip":
      // Some say so and do not.
      return isGzip(packed) || !/^\s*[<{]/.test(packed.toString("latin1", 0, 20)) ? unpackers["gzip"] : undefined;
    case "deflate":
      // Meant is zlib's form (RFC 9110, section 8.4.1.2), and many send it without its header.
      return unpackers[hasZlibHeader(packed) ? "zlib" : "raw"];
    case "br":
      return unpackers["brotli"];
    default:
      throw new FeedError(`the answer is packed with ${encoding.slice(0, 40)}, which was not asked for`);
  }
}

const isGzip = (body: Buffer): boolean => body[0] === 0x1f && body[1] === 0x8b;

function hasZlibHeader([first = 0, second = 0]: Buffer): boolean {
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

const tooLarge = (bytes: number): FeedError => new FeedError(`unpacked, the answer has more than ${bytes} bytes`);
