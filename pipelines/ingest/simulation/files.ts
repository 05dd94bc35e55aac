import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import type { Bar, NewsArticle } from "../../../schemas/generated/types.js";
import { messageOf, UserError } from "../../runtime/errors.js";
import type { Publisher } from "../publisher.js";

const barColumns = "symbol,close_time,interval,open,high,low,close,volume,split";

/**
 * Writes `bars.csv` and `news.jsonl` into a directory, in the formats that `newstape ingest` reads: the records it makes
 * of them have the same ids.
 *
 * @throws UserError when the files exist already or cannot be written
 */
export async function openFiles(directory: string): Promise<Publisher> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw new UserError(`${directory} cannot be made: ${messageOf(error)}`, "Name another directory with --out.");
  }
  const [bars, news] = await Promise.all([create(directory, "bars.csv"), create(directory, "news.jsonl")]);
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

async function create(directory: string, name: string): Promise<WriteStream> {
  const path = join(directory, name);
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new UserError(`${path} exists already`, "Name another directory with --out, or move it away.");
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
