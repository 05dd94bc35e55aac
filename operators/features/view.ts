/** What a feature may look at: the adjusted bars of one series, what its indicators remember, the news, time and market. */
import type { FeaturesSeries, MarketContext, NewsState } from "../../schemas/generated/types.js";
import type { ExchangeCalendar } from "../calendar/calendar.js";
import { compounded } from "../series/adjusted-bar.js";
import { memory as layout } from "./layout.js";

/**
 * One view is reused for all vectors of one calendar: `open` fills it, the features read it, and nothing of it is kept. What several
 * features need is computed once, at the first use.
 */
export class FeatureView {
  /** Adjusted; oldest first. At most `windowBars`, of the closes `windowCloses`. */
  readonly opens: number[] = [];
  readonly highs: number[] = [];
  readonly lows: number[] = [];
  readonly closes: number[] = [];
  readonly volumes: number[] = [];
  /** Laid out as in layout.ts. */
  memory: readonly number[] = [];
  /** Milliseconds since 1970: the moment that the vector is of. */
  asOf = 0;
  /** Close time and interval of the latest bar. */
  barTime = 0;
  /** Close time of the bar before; undefined for the first. */
  barBefore: number | undefined;
  interval = "";
  /** Null before the first article. */
  news: Readonly<NewsState> | null = null;
  /** The latest cross-section known, of the same interval and calendar; null when none is. */
  market: Readonly<MarketContext> | null = null;
  /** Number of times that the view was opened. */
  vector = 0;
  readonly #memos = new Map<unknown, unknown>();

  constructor(readonly calendar: ExchangeCalendar) {}

  open(series: Readonly<FeaturesSeries>, of: Pick<FeatureView, "asOf" | "interval" | "news" | "market">): void {
    this.vector += 1;
    this.#memos.clear();
    const { window, base, recent, current } = series;
    copy(window.opens, this.opens);
    copy(window.highs, this.highs);
    copy(window.lows, this.lows);
    copy(window.closes, this.closes);
    copy(window.volumes, this.volumes);
    let priceFactor = base[layout.priceFactor] ?? 1;
    let volumeFactor = base[layout.volumeFactor] ?? 1;
    for (const bar of recent) {
      priceFactor = compounded(priceFactor, bar.split * bar.dividendFactor);
      volumeFactor = compounded(volumeFactor, bar.split);
      const scale = bar.adjustment * priceFactor;
      this.opens.push(bar.open * scale);
      this.highs.push(bar.high * scale);
      this.lows.push(bar.low * scale);
      this.closes.push(bar.close * scale);
      this.volumes.push(bar.volume / volumeFactor);
    }
    this.memory = current;
    this.barTime = recent.at(-1)?.time ?? 0;
    this.barBefore = recent.at(-2)?.time;
    this.asOf = of.asOf;
    this.interval = of.interval;
    this.news = of.news;
    this.market = of.market;
  }

  /** What `compute` gives for this view, computed once: for what several features are made of. */
  once<Value>(compute: (view: FeatureView) => Value): Value {
    let value = this.#memos.get(compute) as Value | undefined;
    if (value === undefined) this.#memos.set(compute, (value = compute(this)));
    return value;
  }

  get close(): number {
    return this.closes.at(-1) ?? 1;
  }
}

function copy(from: readonly number[], to: number[]): void {
  to.length = from.length;
  for (let index = 0; index < from.length; index += 1) to[index] = from[index] ?? 0;
}
