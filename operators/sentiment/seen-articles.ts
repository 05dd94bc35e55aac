import type { SentimentState } from "../../schemas/generated/types.js";
import type { KeyedState } from "../operator.js";

/** An article that comes again within this time is a duplicate. */
export const rememberedFor = 30 * 24 * 60 * 60 * 1000;

/** An article adds one entry; dropping up to two keeps the state from growing, at a bounded cost. */
const droppedPerArticle = 2;

type Entry = readonly [id: string, entry: Readonly<SentimentState>];

/**
 * The articles of the last 30 days. Time is the articles' own: an entry is old by comparison with the article at hand,
 * and every article drops entries from the old end. So what is known depends on the order of the articles alone, not on
 * how they were cut into batches. Changes are collected and written by `save`, after the batch has succeeded.
 */
export class SeenArticles {
  readonly #state: KeyedState<SentimentState>;
  readonly #changes = new Map<string, SentimentState | undefined>();
  /** Entries of this batch, in order: what becomes old within the batch must go as it would have in a later one. */
  readonly #added: Entry[] = [];
  readonly #committed: Iterator<Entry>;
  #visited = 0;
  /** The oldest entry not dropped yet. */
  #oldest: Entry | undefined;

  constructor(state: KeyedState<SentimentState>) {
    this.#state = state;
    this.#committed = state.entries()[Symbol.iterator]();
  }

  /** Takes note of the article. @returns whether it was seen before */
  see(id: string, availableAt: number): boolean {
    this.#dropOld(availableAt);
    const known = this.#known(id);
    if (known !== undefined && availableAt - known.availableAt <= rememberedFor) return true;
    const entry = { availableAt };
    this.#change(id, entry);
    this.#added.push([id, entry]);
    return false;
  }

  save(): void {
    for (const [id, entry] of this.#changes) {
      if (entry === undefined) this.#state.delete(id);
      else this.#state.set(id, entry);
    }
  }

  #dropOld(now: number): void {
    for (let dropped = 0; dropped < droppedPerArticle; dropped++) {
      while (this.#oldest === undefined || this.#isStale(this.#oldest)) {
        this.#oldest = this.#advance();
        if (this.#oldest === undefined) return;
      }
      const [id, { availableAt }] = this.#oldest;
      if (availableAt >= now - rememberedFor) return;
      this.#change(id, undefined);
      this.#oldest = undefined;
    }
  }

  /** The last change of an article counts, for the order too: one that comes again after it was dropped is the newest. */
  #change(id: string, entry: SentimentState | undefined): void {
    this.#changes.delete(id);
    this.#changes.set(id, entry);
  }

  #advance(): Entry | undefined {
    const committed = this.#committed.next();
    if (!committed.done) return committed.value;
    const added = this.#added[this.#visited];
    if (added !== undefined) this.#visited++;
    return added;
  }

  /** What is known of an article, this batch's changes included. */
  #known(id: string): Readonly<SentimentState> | undefined {
    return this.#changes.has(id) ? this.#changes.get(id) : this.#state.get(id);
  }

  /** Whether the article has been dropped, or noted anew, since: also by an uncommitted batch before this one. */
  #isStale([id, entry]: Entry): boolean {
    return this.#known(id)?.availableAt !== entry.availableAt;
  }
}
