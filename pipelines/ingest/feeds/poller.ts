import { pause } from "../../runtime/pause.js";
import type { NewsArticle } from "../../../schemas/generated/types.js";
import { messageOf } from "../../runtime/errors.js";
import { StateFileError, type StateFile } from "../state-file.js";
import type { ArticleOptions } from "./articles.js";
import { textOf } from "./charset.js";
import { FeedError } from "./feed-error.js";
import { fetchFeed, parseUrl, type FetchOptions } from "./fetch.js";
import { judgeItems, type FeedCounts, type JudgedItems } from "./judge-items.js";
import { feedLimits } from "./limits.js";
import { parseFeed } from "./parse.js";
import { RefusalTally, type ItemRefusal, type RefusalCount } from "./refusals.js";
import { waitAfterFailure, waitAfterSuccess, type Schedule } from "./schedule.js";
import { feedStateFile, freshState, type FeedState } from "./state.js";

export type { FeedCounts } from "./judge-items.js";

export interface PollOptions
  extends
    Omit<ArticleOptions, "source">,
    Pick<FetchOptions, "allowPrivate" | "now" | "limits" | "lookup" | "isPublic" | "userAgent" | "headers"> {
  readonly urls: readonly string[];
  /** Publishes articles, and resolves when they are acknowledged. */
  readonly send: (articles: NewsArticle[]) => Promise<void>;
  /** Where the state of the feeds is kept. */
  readonly stateDirectory: string;
  readonly schedule: Schedule;
  /** Fetch each feed once, then end. */
  readonly once: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called after every poll. */
  readonly onPoll?: ((poll: Poll) => void) | undefined;
  /** Called for each item that is refused, once for one that comes again. */
  readonly onRefused?: ((refusal: ItemRefusal & { readonly feed: string }) => void) | undefined;
}

/** What became of one poll of one feed. */
export type Poll =
  | { readonly feed: string; readonly outcome: "read"; readonly counts: FeedCounts }
  | { readonly feed: string; readonly outcome: "unchanged" }
  /** Not fetched: it failed or its server set a time to wait. */
  | { readonly feed: string; readonly outcome: "waiting"; readonly until: number }
  | { readonly feed: string; readonly outcome: "failed"; readonly reason: string; readonly isPermanent: boolean };

export interface FeedSummary extends FeedCounts {
  readonly feed: string;
  readonly polls: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly waiting: number;
  /** Refusals by code, the most frequent first; `refused` is their sum. */
  readonly refusals: readonly RefusalCount[];
  /** Of the last failure, when the last poll failed. */
  readonly failure: string | undefined;
}

/**
 * Polls feeds, each at its own pace, until the signal or, with `once`, until each was fetched. A feed that fails is left alone
 * for longer each time and disturbs no other.
 *
 * At least once: a kill between publishing and keeping the state publishes the same articles, with the same ids, again.
 *
 * @throws whatever `send` throws: the fault is not the feed's
 */
export async function pollFeeds(options: PollOptions): Promise<FeedSummary[]> {
  const urls = [...new Set(options.urls)];
  const turns = new Turns(feedLimits.concurrentFeeds);
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const feeds = urls.map((url) => new FeedPoller(url, { ...options, signal }, turns));
  await Promise.all(feeds.map((feed) => feed.run().catch((error: unknown) => failed.abort(error))));
  failed.signal.throwIfAborted();
  return feeds.map((feed) => feed.summary());
}

/** At most so many at a time. */
class Turns {
  readonly #waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async take<Result>(action: () => Promise<Result>): Promise<Result> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await action();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}

/** Publishing failed, which is no fault of the feed. */
class SendFailure extends Error {
  override readonly name = "SendFailure";
}

const countNames = [
  ...(["items", "published", "withoutSymbols", "undated", "history"] as const),
  ...(["repeated", "refused", "tooOld", "unknownSymbols"] as const),
];

class FeedPoller {
  /** The address without credentials, for people. */
  readonly #feed: string;
  readonly #file: StateFile<FeedState>;
  #state: FeedState;
  readonly #sums = {
    polls: 0,
    unchanged: 0,
    failed: 0,
    waiting: 0,
    items: 0,
    published: 0,
    withoutSymbols: 0,
    undated: 0,
    history: 0,
    repeated: 0,
    refused: 0,
    tooOld: 0,
    unknownSymbols: 0,
  };
  readonly #refusals = new RefusalTally();
  #failure: string | undefined;

  constructor(
    private readonly url: string,
    private readonly options: PollOptions,
    private readonly turns: Turns,
  ) {
    this.#feed = withoutCredentials(url);
    this.#file = feedStateFile(options.stateDirectory, url);
    this.#state = freshState(url);
  }

  summary(): FeedSummary {
    return { feed: this.#feed, ...this.#sums, refusals: this.#refusals.counts(), failure: this.#failure };
  }

  async run(): Promise<void> {
    const { once, now, signal } = this.options;
    await this.#restore();
    for (;;) {
      if (signal?.aborted) return;
      const wait = this.#state.notBefore - now();
      if (wait > 0 && once) {
        this.#sums.waiting += 1;
        return this.#report({ feed: this.#feed, outcome: "waiting", until: this.#state.notBefore });
      }
      if (wait > 0 && !(await this.#pause(wait))) return;
      const next = await this.turns.take(() => this.#poll());
      if (next === undefined || once || !(await this.#pause(next))) return;
    }
  }

  async #restore(): Promise<void> {
    try {
      this.#state = (await this.#file.load()) ?? this.#state;
    } catch (error) {
      // Begun anew: its articles have the same ids, so the stages recognise repeats.
      if (!(error instanceof StateFileError)) throw error;
    }
  }

  /** @returns false when it was interrupted */
  async #pause(milliseconds: number): Promise<boolean> {
    const { signal } = this.options;
    await pause(milliseconds, signal);
    return signal?.aborted !== true;
  }

  /** @returns the wait until the next one; undefined when there is to be none */
  async #poll(): Promise<number | undefined> {
    const { options } = this;
    if (options.signal?.aborted) return undefined;
    this.#sums.polls += 1;
    try {
      const timeToLive = await this.#read();
      this.#failure = undefined;
      return waitAfterSuccess(options.schedule, timeToLive);
    } catch (error) {
      if (error instanceof SendFailure) throw error.cause;
      if (options.signal?.aborted) return undefined;
      // Whatever a document makes the reader do, it is this feed's failure.
      this.#sums.failed += 1;
      this.#failure = messageOf(error);
      const { retryAfter, isPermanent } = error instanceof FeedError ? error : new FeedError("");
      const failures = this.#state.failures + 1;
      const wait = waitAfterFailure(options.schedule, failures, retryAfter);
      // What can be mended only by the user is tried again as soon as they do.
      const notBefore = isPermanent ? 0 : options.now() + wait;
      await this.#keep({ failures, notBefore });
      this.#report({ feed: this.#feed, outcome: "failed", reason: this.#failure, isPermanent });
      return isPermanent ? undefined : wait;
    }
  }

  /** @returns how long the feed stays valid by its own fields, ms */
  async #read(): Promise<number | undefined> {
    const { options } = this;
    const state = this.#state;
    const wanted = JSON.stringify([options.history ?? "all", options.undated ?? "new"]);
    const validators = (state.wanted ?? wanted) === wanted ? state.validators : {};
    const result = await fetchFeed(this.url, { ...options, ...validators });
    if (result.kind === "unchanged") {
      this.#sums.unchanged += 1;
      await this.#keep({ failures: 0, notBefore: 0 });
      this.#report({ feed: this.#feed, outcome: "unchanged" });
      return result.maxAge;
    }
    const feed = parseFeed(textOf(result.body, result.contentType), result.url);
    const source = parseUrl(this.url).hostname;
    const judged = judgeItems(feed, state, { ...options, source }, options.now());
    if (judged.articles.length > 0) {
      await options.send(judged.articles).catch((cause: unknown) => {
        throw new SendFailure("publishing failed", { cause });
      });
    }
    await this.#keep({ ...judged.state, wanted, validators: result.validators, failures: 0, notBefore: 0 });
    const counts = this.#count(judged);
    this.#report({ feed: this.#feed, outcome: "read", counts });
    return Math.max(result.maxAge ?? 0, feed.timeToLive ?? 0);
  }

  /** Adds to the sums; what is refused again at each poll counts once. */
  #count({ counts, refusals }: JudgedItems): FeedCounts {
    for (const name of countNames) this.#sums[name] += counts[name];
    for (const refusal of refusals) {
      if (this.#refusals.add(refusal)) this.options.onRefused?.({ feed: this.#feed, ...refusal });
      else {
        this.#sums.refused -= refusal.items;
        this.#sums.repeated += refusal.items;
      }
    }
    return counts;
  }

  async #keep(change: Partial<FeedState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    await this.#file.save(this.#state);
  }

  #report(poll: Poll): void {
    this.options.onPoll?.(poll);
  }
}

const secretName = /key|token|secret|passw|auth|sign|session/i;

/** An address as it may be shown: without user, password and what its parameters call a key, token or the like. */
export function withoutCredentials(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  url.username = "";
  url.password = "";
  for (const name of [...url.searchParams.keys()]) if (secretName.test(name)) url.searchParams.set(name, "***");
  return url.href;
}
