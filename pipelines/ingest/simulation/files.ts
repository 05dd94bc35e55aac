import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import type { Bar, NewsArticle } from "../../../schemas/generated/types.js";
import { messageOf, UserError } from "../../runtime/errors.js";
import type { Publisher } from "../publisher.js";
import type { SimulatedListing } from "./companies.js";

const barColumns = "symbol,close_time,interval,open,high,low,close,volume,split";

/** The universe by which `newstape ingest` reads the files. */
export const universeFile = (directory: string): string => join(directory, "universe.csv");

/**
 * Writes `bars.csv`, `news.jsonl` and `universe.csv` into a directory, in the formats that `newstape ingest` reads: with that
 * universe, which has the exchanges, the records it makes of them are the same.
 *
 * @param listings of all symbols
 * @throws UserError when the files exist already or cannot be written
 */
export async function openFiles(directory: string, listings: readonly SimulatedListing[]): Promise<Publisher> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw new UserError(`${directory} cannot be made: ${messageOf(error)}`, "Name another directory with --out.");
  }
  const paths = [join(directory, "bars.csv"), join(directory, "news.jsonl"), universeFile(directory)] as const;
  await Promise.all(paths.map(refuseExisting));
  const [bars, news, universe] = await Promise.all([create(paths[0]), create(paths[1]), create(paths[2])]);
  universe.end(`symbol,name,exchange\n${listings.map(listingLine).join("")}`);
  await finished(universe);
  await write(bars, `${barColumns}\n`);
  return {
    async publish(burst) {
      if (burst.news?.length) await write(news, burst.news.map(newsLine).join(""));
      if (burst.bars?.length) await write(bars, burst.bars.map(barLine).join(""));
    },
    async close() {
      bars.end();
      news.end();
      await Promise.all([finished(bars), finished(news)]);
    },
  };
}

async function refuseExisting(path: string): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new UserError(`${path} exists already`, "Name another directory with --out, or move it away.");
}

async function create(path: string): Promise<WriteStream> {
  const stream = createWriteStream(path, { flags: "wx", highWaterMark: 1024 * 1024 });
  try {
    await once(stream, "open");
  } catch (error) {
    throw new UserError(`${path} cannot be written: ${messageOf(error)}`, "Name another directory with --out.");
  }
  return stream;
}

async function write(stream: WriteStream, text: string): Promise<void> {
  if (stream.errored) throw stream.errored;
  if (!stream.write(text)) await once(stream, "drain");
}

function barLine(bar: Bar): string {
  const { symbol, eventTime, interval, open, high, low, close, volume, split } = bar;
  return `${[symbol, new Date(eventTime).toISOString(), interval, open, high, low, close, volume, split].join(",")}\n`;
}

function newsLine({ sourceId, source, symbols, headline, eventTime }: NewsArticle): string {
  return `${JSON.stringify({ id: sourceId, source, published_at: new Date(eventTime).toISOString(), symbols, headline })}\n`;
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const listingLine = ({ symbol, name = "", exchange = "" }: SimulatedListing): string =>
  `${[symbol, name, exchange].map(quoted).join(",")}\n`;
