/**
 * Loads history into the raw topics, exactly once: every batch and the place reached in the files are committed in one
 * transaction, so that a load that was killed goes on where it was, and a finished one is never repeated.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { ownCalendarsContent } from "../../../operators/calendar/calendars.js";
import { traceHeader } from "../../../schemas/headers.js";
import type { Bar, NewsArticle } from "../../../schemas/generated/types.js";
import { createSchemaRegistry, openCodecs } from "../../runtime/codec.js";
import type { Config } from "../../runtime/config.js";
import { ClusterAdmin } from "../../runtime/kafka/admin.js";
import type { Kafka } from "../../runtime/kafka/client.js";
import { TransactionalProducer } from "../../runtime/kafka/producers.js";
import type { NewRecord } from "../../runtime/kafka/types.js";
import { namesUnder } from "../../runtime/names.js";
import { UserError } from "../../runtime/errors.js";
import { topicRecord } from "../../runtime/topic-record.js";
import { traceparentOf } from "../../runtime/trace.js";

/** Records of the files that are loaded, in their sorted order. */
export interface Loaded {
  readonly news: number;
  readonly bars: number;
}

/** A history: what was read, with the identity of its files. */
export interface History {
  readonly identity: string;
  readonly news: NewsArticle[];
  readonly bars: Bar[];
}

/**
 * Content identity of the files: the same files are the same history, in whatever folder.
 *
 * @param universe what it is known by, where one was chosen: with another universe other records are read from the files
 * @param calendars what tells those of one's own from others, where there are any
 */
export async function identityOf(
  files: readonly string[],
  universe?: string,
  asRead?: string,
  calendars = ownCalendarsContent(),
): Promise<string> {
  const hash = createHash("sha256");
  if (universe !== undefined) hash.update(`universe ${universe}`);
  if (asRead !== undefined) hash.update(`read ${asRead}`);
  if (calendars !== undefined) hash.update(calendars);
  for (const file of files) {
    hash.update(`\u0000${files.indexOf(file)}`);
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  }
  return hash.digest("base64url").slice(0, 16);
}

type Histories = Record<string, [news: number, bars: number]>;

/** Histories remembered; an offset's metadata has room for 4,096 bytes. */
const remembered = 40;
const batchRecords = 2000;

export class HistoryLoader {
  readonly #names;
  readonly #admin: ClusterAdmin;
  readonly #group: string;
  #histories: Histories = {};
  #producer: TransactionalProducer | undefined;

  constructor(
    private readonly config: Config,
    private readonly kafka: Kafka,
  ) {
    this.#names = namesUnder(config.topicPrefix);
    this.#group = this.#names.group("backfill");
    this.#admin = new ClusterAdmin(kafka);
  }

  /** Fences any other loader, then reads how far each history has come. */
  async open(): Promise<void> {
    this.#producer = new TransactionalProducer(this.kafka, this.#names.transactionalId("backfill", 0));
    const place = { topic: this.#names.topic("news.raw"), partition: 0 };
    const { committed } = await this.#producer.takeOver(this.#group, [place]);
    const metadata = committed[0]?.metadata;
    if (metadata) this.#histories = JSON.parse(metadata) as Histories;
  }

  loaded(identity: string): Loaded {
    const [news = 0, bars = 0] = this.#histories[identity] ?? [];
    return { news, bars };
  }

  /** Loads the history up to the given numbers of records; what is loaded already is skipped. */
  async load(history: History, until: Loaded, onProgress: (loaded: Loaded) => void = () => undefined): Promise<void> {
    const codecs = await openCodecs(createSchemaRegistry(this.config), ["news.raw", "market.bars"], this.#names.topic);
    const encoding = { names: this.#names, partitions: this.config.partitions };
    const toBar = (bar: Bar): NewRecord =>
      topicRecord({ ...encoding, name: "market.bars", codec: codecs["market.bars"] }, bar, {
        [traceHeader]: traceparentOf(bar.id),
      });
    const toArticle = (article: NewsArticle): NewRecord =>
      topicRecord({ ...encoding, name: "news.raw", codec: codecs["news.raw"] }, article, {
        [traceHeader]: traceparentOf(article.id),
      });
    let { news, bars } = this.loaded(history.identity);
    while (bars < until.bars || news < until.news) {
      const records: NewRecord[] = [];
      for (; bars < until.bars && records.length < batchRecords; bars += 1)
        records.push(toBar(history.bars[bars] as Bar));
      for (; news < until.news && records.length < batchRecords; news += 1) {
        records.push(toArticle(history.news[news] as NewsArticle));
      }
      await this.#commit(history.identity, records, { news, bars });
      onProgress({ news, bars });
    }
  }

  async close(): Promise<void> {
    await this.#producer?.close();
    await this.#admin.close();
  }

  async #commit(identity: string, records: readonly NewRecord[], loaded: Loaded): Promise<void> {
    const histories = { ...this.#histories, [identity]: [loaded.news, loaded.bars] as [number, number] };
    const kept = Object.fromEntries(Object.entries(histories).slice(-remembered));
    await this.#producer?.commit(records, this.#group, [
      { topic: this.#names.topic("news.raw"), partition: 0, offset: 0, metadata: JSON.stringify(kept) },
    ]);
    this.#histories = kept;
    if (this.#producer?.isFenced === false) await this.#openAgain(kept);
  }

  /** After a commit that was requested twice: what is committed must be what was written, by this loader alone. */
  async #openAgain(written: Histories): Promise<void> {
    await this.#producer?.close();
    await this.open();
    if (JSON.stringify(this.#histories) === JSON.stringify(written)) return;
    throw new UserError(
      "Something else has loaded history meanwhile, or the last records did not arrive",
      "Run the command again: it goes on with what is missing.",
    );
  }
}
