/** Other futures: the same history up to a moment, and something else from there on. */
import { createHash } from "node:crypto";
import { inputPosition, type InputPosition } from "../../../operators/merge.js";
import type { Bar, NewsArticle } from "../../../schemas/generated/types.js";
import type { TopicName, TopicRecords } from "../../../schemas/topics.js";
import { recordsOf, topicsIn, type OfflineRecords } from "../../offline/run.js";
import { outsideTopics } from "../../offline/wiring.js";
import { UserError } from "../../runtime/errors.js";
import type { AnyStage } from "../../runtime/stage/definition.js";

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

/** What a future does to the records that it touches. */
interface Change {
  readonly future: Future;
  /** Whether it is one of these, or everything. */
  readonly is: (...kinds: Future[]) => boolean;
  readonly draw: (id: string, what: string) => number;
  /** All that have bars. */
  readonly symbols: readonly string[];
}

/** By topic from outside: what a record is in another future; undefined where it does not come. */
const changes: {
  readonly [Name in TopicName]?: (record: TopicRecords[Name], change: Change) => TopicRecords[Name] | undefined;
} = { "news.raw": changedArticle, "market.bars": changedBar };

/** @throws UserError for a stage that reads what no future changes: what it looked ahead at there would not be found */
export function checkPerturbed(stages: readonly AnyStage[]): void {
  const name = outsideTopics(stages).find((candidate) => changes[candidate] === undefined);
  if (name === undefined) return;
  const reader = stages.find(({ inputs }) => (inputs as TopicName[]).includes(name));
  throw new UserError(
    `the stage ${reader?.name} reads ${name}, which no stage writes and no future changes`,
    "Say in operations/leakcheck/perturb.ts what another record of it is.",
  );
}

/** The inputs that a future touches. */
export function touched(names: readonly TopicName[], history: OfflineRecords, cut: number): InputPosition[] {
  return names
    .flatMap((name) => recordsOf(history, name).map((record) => inputPosition(name, record)))
    .filter(({ availableAt }) => availableAt >= cut);
}

export function perturb(history: OfflineRecords, { cut, future, seed, only }: Perturbation): OfflineRecords {
  const change: Change = {
    future,
    is: (...kinds) => kinds.includes(future) || future === "everything",
    draw: (id, what) => drawn(seed, id, what),
    symbols: [...new Set((history["market.bars"] ?? []).map(({ symbol }) => symbol))].sort(),
  };
  const other = topicsIn(history).map((name) => {
    const changed = changes[name] as ((record: unknown, change: Change) => unknown) | undefined;
    const records = recordsOf(history, name).flatMap((record: unknown) => {
      const { availableAt, id } = inputPosition(name, record);
      if (availableAt < cut || !(only?.has(id) ?? true)) return [record];
      return future === "none" ? [] : (changed?.(record, change) ?? []);
    });
    return [name, records];
  });
  return Object.fromEntries(other) as OfflineRecords;
}

function changedBar(bar: Bar, { is, draw }: Change): Bar {
  const scale = is("prices") ? Math.exp(2 * draw(bar.id, "price") - 1) : 1;
  const spread = is("prices") ? 1 + draw(bar.id, "spread") / 5 : 1;
  return {
    ...bar,
    open: bar.open * scale,
    close: bar.close * scale,
    high: bar.high * scale * spread,
    low: (bar.low * scale) / spread,
    volume: is("volumes") ? Math.round(bar.volume * 10 * draw(bar.id, "volume")) : bar.volume,
    split: is("splits") && draw(bar.id, "split") < 0.1 ? 2 : bar.split,
  };
}

function changedArticle(article: NewsArticle, { future, is, draw, symbols }: Change): NewsArticle | undefined {
  if (future === "silence") return undefined;
  const chosen = symbols[Math.floor(draw(article.id, "symbol") * symbols.length)];
  const text = texts[Math.floor(draw(article.id, "text") * texts.length)];
  return {
    ...article,
    headline: is("texts") && text ? `${article.symbols[0] ?? "It"} ${text}` : article.headline,
    symbols: is("symbols") && chosen && article.symbols.length > 0 ? [chosen] : article.symbols,
  };
}
