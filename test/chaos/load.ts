/** A simulated market with news, minute by minute, for as long as a test wants. */
import { setTimeout as sleep } from "node:timers/promises";
import { simulateMinutes } from "../../pipelines/index.js";
import type { Bar, NewsArticle } from "../../schemas/generated/types.js";
import { openPublisher } from "../bench/helpers/cluster.js";
import type { Cluster } from "../helpers/cluster.js";

/** Bars of each symbol before news: from then on every bar and every sentiment gives a vector, whatever the timing. */
export const warmUp = 45;

export interface Load {
  readonly bars: Bar[];
  readonly articles: NewsArticle[];
  /** How often something was sent again. */
  readonly repeats: number;
  publish(withNews: boolean): Promise<void>;
  close(): Promise<void>;
}

/** A minute at a time; what is not acknowledged is sent until it is, which may repeat it. */
export async function openLoad(cluster: Cluster, symbols: number, seed: string): Promise<Load> {
  const undos: (() => Promise<unknown>)[] = [];
  let isClosed = false;
  let repeats = 0;
  const cleanUp = { after: (undo: () => Promise<unknown>) => void undos.push(undo) };
  const persistent = async <Name extends "market.bars" | "news.raw">(name: Name) => {
    type Send = Awaited<ReturnType<typeof openPublisher<Name>>>;
    let send: Send | undefined = await openPublisher(cleanUp, cluster, name);
    return async (records: Parameters<Send>[0]): Promise<void> => {
      for (let tries = 0; ; tries += 1) {
        try {
          send ??= await openPublisher(cleanUp, cluster, name);
          return await send(records);
        } catch (error) {
          // A producer that has failed does not know where its sequence stands.
          send = undefined;
          repeats += 1;
          if (isClosed || tries >= 120) throw error;
          await sleep(500);
        }
      }
    };
  };
  const sendBars = await persistent("market.bars");
  const sendNews = await persistent("news.raw");
  const minutes = simulateMinutes({ symbols, minutes: 100_000, seed, newsPerMinute: symbols / 8, missing: 0 });
  const [bars, articles]: [Bar[], NewsArticle[]] = [[], []];
  let latest: Promise<void> = Promise.resolve();
  const publish = async (withNews: boolean): Promise<void> => {
    if (isClosed) throw new Error("the load is closed");
    const minute = minutes.next().value;
    if (!minute) throw new Error("the simulated time is over");
    if (withNews && minute.articles.length > 0) {
      await sendNews(minute.articles);
      articles.push(...minute.articles);
    }
    await sendBars(minute.bars);
    bars.push(...minute.bars);
  };
  return {
    bars,
    articles,
    get repeats() {
      return repeats;
    },
    publish: (withNews) => (latest = publish(withNews)),
    close: async () => {
      isClosed = true;
      // A producer that is closed while it sends never ends.
      await latest.catch(() => undefined);
      for (const undo of undos) await undo().catch(() => undefined);
    },
  };
}

/** Publishes a minute every 300 ms, until it is stopped. */
export function keepLoading(load: Load): { stop(): Promise<void> } {
  const isOver = new AbortController();
  const loading = (async () => {
    while (!isOver.signal.aborted) {
      await load.publish(true);
      await sleep(300);
    }
  })();
  // Thrown by `stop`, which may come much later.
  loading.catch(() => undefined);
  return {
    stop: () => {
      isOver.abort();
      return loading;
    },
  };
}
