import { pause } from "../../runtime/pause.js";
import type { Burst } from "../publisher.js";
import type { SimulatedMinute } from "./minute.js";

/** How fast the simulated time goes by. Hours in which the exchange is closed are skipped with each. */
export type Pace =
  /** Simulated minutes for one real one; articles come at their own moments. */
  | { readonly kind: "accelerated"; readonly factor: number }
  /** One burst of a minute's articles and bars every so many milliseconds. */
  | { readonly kind: "burst-every"; readonly milliseconds: number }
  /** So many records a second on average, each minute still one burst. */
  | { readonly kind: "rate"; readonly recordsPerSecond: number }
  | { readonly kind: "unpaced" };

export interface Delivery {
  /** Moments at which bars came. */
  readonly minutes: number;
  readonly bars: number;
  readonly articles: number;
  /** Simulated time of the first and the last bar, ms since 1970; undefined when none went out. */
  readonly firstTime: number | undefined;
  readonly lastTime: number | undefined;
  /** Real time that it took, ms. */
  readonly elapsed: number;
  /** The most that a burst went out after its moment, ms: larger than a burst's own time means the receiver is too slow. */
  readonly largestDelay: number;
  readonly interrupted: boolean;
}

export interface DeliverOptions {
  readonly pace: Pace;
  /** Simulated span of one bar, ms. */
  readonly step: number;
  /** Resolves when the records are taken in. */
  readonly send: (burst: Burst) => Promise<void>;
  /** Ends it after the burst in hand. */
  readonly signal?: AbortSignal | undefined;
  readonly onMinute?: ((delivery: Delivery) => void) | undefined;
}

/** Sends minute after minute at the pace of the options. What is late goes out at once; the plan of the others stays. */
export async function deliver(minutes: Iterable<SimulatedMinute>, options: DeliverOptions): Promise<Delivery> {
  const { pace, step, send, signal } = options;
  const began = performance.now();
  const counts = { minutes: 0, bars: 0, articles: 0, largestDelay: 0 };
  let firstTime: number | undefined;
  let lastTime: number | undefined;
  let due = began;
  const delivery = (interrupted: boolean): Delivery => ({
    ...counts,
    firstTime,
    lastTime,
    elapsed: performance.now() - began,
    interrupted,
  });
  /** @returns false when it was interrupted meanwhile */
  const until = async (moment: number): Promise<boolean> => {
    const wait = moment - performance.now();
    if (wait > 0) await pause(wait, signal);
    else counts.largestDelay = Math.max(counts.largestDelay, -wait);
    return signal?.aborted !== true;
  };
  const deliverBurst = async (burst: Burst): Promise<void> => {
    await send(burst);
    counts.bars += burst.bars?.length ?? 0;
    counts.articles += burst.news?.length ?? 0;
  };

  for (const { time, bars, articles } of minutes) {
    if (signal?.aborted === true) return delivery(true);
    let news = articles;
    if (pace.kind === "accelerated") {
      // Bars may follow sooner: short ones, and those of another exchange.
      const begin = Math.max(time - step, lastTime ?? -Infinity);
      const momentOf = (eventTime: number): number => due + (eventTime - begin) / pace.factor;
      while (news.length > 0) {
        if (!(await until(momentOf(news[0]?.eventTime ?? 0)))) return delivery(true);
        const now = performance.now();
        const waiting = news.findIndex(({ eventTime }) => momentOf(eventTime) > now);
        const ready = Math.max(1, waiting < 0 ? news.length : waiting);
        await deliverBurst({ news: news.slice(0, ready) });
        news = news.slice(ready);
      }
      due += (time - begin) / pace.factor;
    }
    if (pace.kind !== "unpaced" && !(await until(due))) return delivery(true);
    await deliverBurst({ news, bars });
    if (pace.kind === "burst-every") due += pace.milliseconds;
    if (pace.kind === "rate") due += ((bars.length + articles.length) * 1000) / pace.recordsPerSecond;
    counts.minutes += 1;
    firstTime ??= time;
    lastTime = time;
    options.onMinute?.(delivery(false));
    // Without a pause, neither timers nor an interrupt would be seen when `send` resolves at once.
    if (pace.kind === "unpaced") await new Promise(setImmediate);
  }
  return delivery(false);
}
