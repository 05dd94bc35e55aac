/** Other futures: the same history up to a moment, and something else from there on. */
import { createHash } from "node:crypto";
import type { Bar, NewsArticle } from "../../../schemas/generated/types.js";
import type { RawHistory } from "../../offline/full-chain.js";

export const futures = ["none", "prices", "volumes", "splits", "texts", "silence", "symbols", "everything"] as const;
/** none: nothing comes any more; silence: no news. */
export type Future = (typeof futures)[number];

/** In [0, 1), the same for the same words. */
function drawn(...words: readonly (string | number)[]): number {
  return createHash("sha256").update(words.join("\u0000")).digest().readUInt32BE(0) / 2 ** 32;
}

const texts = [
  "plunges after fraud inquiry, bankruptcy feared",
  "soars as earnings beat every estimate",
  "reports quarterly results, raises dividend",
  "to be acquired at a large premium",
];

export interface Perturbation {
  /** Everything with `availableAt` from this moment on (ms since 1970) is another. */
  readonly cut: number;
  readonly future: Future;
  readonly seed: string;
  /** Only these inputs, by id; default all of them. */
  readonly only?: ReadonlySet<string>;
}

/** Ids of the inputs that a future touches. */
export function touched({ news, bars }: RawHistory, cut: number): string[] {
  return [...news, ...bars].filter(({ availableAt }) => availableAt >= cut).map(({ id }) => id);
}

export function perturb(history: RawHistory, { cut, future, seed, only }: Perturbation): RawHistory {
  const isTouched = ({ availableAt, id }: { availableAt: number; id: string }): boolean =>
    availableAt >= cut && (only?.has(id) ?? true);
  if (future === "none") {
    return {
      news: history.news.filter((article) => !isTouched(article)),
      bars: history.bars.filter((bar) => !isTouched(bar)),
    };
  }
  const is = (...kinds: Future[]): boolean => kinds.includes(future) || future === "everything";
  const bars = history.bars.map((bar): Bar => {
    if (!isTouched(bar)) return bar;
    const scale = is("prices") ? Math.exp(2 * drawn(seed, bar.id, "price") - 1) : 1;
    const spread = is("prices") ? 1 + drawn(seed, bar.id, "spread") / 5 : 1;
    return {
      ...bar,
      open: bar.open * scale,
      close: bar.close * scale,
      high: bar.high * scale * spread,
      low: (bar.low * scale) / spread,
      volume: is("volumes") ? Math.round(bar.volume * 10 * drawn(seed, bar.id, "volume")) : bar.volume,
      split: is("splits") && drawn(seed, bar.id, "split") < 0.1 ? 2 : bar.split,
    };
  });
  const symbols = [...new Set(history.bars.map(({ symbol }) => symbol))].sort();
  const news = history.news.flatMap((article): NewsArticle[] => {
    if (!isTouched(article)) return [article];
    if (future === "silence") return [];
    const chosen = symbols[Math.floor(drawn(seed, article.id, "symbol") * symbols.length)];
    const text = texts[Math.floor(drawn(seed, article.id, "text") * texts.length)];
    return [
      {
        ...article,
        headline: is("texts") && text ? `${article.symbols[0] ?? "It"} ${text}` : article.headline,
        symbols: is("symbols") && chosen && article.symbols.length > 0 ? [chosen] : article.symbols,
      },
    ];
  });
  return { news, bars };
}
