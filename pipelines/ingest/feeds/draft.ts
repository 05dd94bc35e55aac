import { parseFeedDate } from "./dates.js";
import type { Category, FeedItem } from "./feed.js";
import { feedLimits } from "./limits.js";
import { plainText } from "./text.js";

interface Ranked<Value> {
  readonly rank: number;
  readonly value: Value;
}

/** An item while its parts are found; of several parts with one meaning the best counts, then the first. */
export class ItemDraft {
  #title: Ranked<string> | undefined;
  #text: Ranked<string> | undefined;
  #date: Ranked<number> | undefined;
  #unreadDate: Ranked<string> | undefined;
  #link: Ranked<string> | undefined;
  #id: Ranked<string> | undefined;
  #isPermalink = false;
  readonly #categories: Category[] = [];
  readonly #tickers: string[] = [];

  /** @param rank the higher goes first */
  offerTitle(text: string, rank: number): void {
    const title = plainText(text);
    if (title !== "" && rank > (this.#title?.rank ?? -1)) this.#title = { rank, value: title };
  }

  /** Text that stands for a missing title. @param rank the lower goes first */
  offerText(text: string, rank: number): void {
    if (rank < (this.#text?.rank ?? Infinity)) this.#text = { rank, value: text };
  }

  /** @param rank the lower goes first */
  offerDate(text: string, rank: number): void {
    const date = parseFeedDate(text);
    if (date === undefined) this.#unreadDate ??= { rank, value: text };
    else if (rank < (this.#date?.rank ?? Infinity)) this.#date = { rank, value: date };
  }

  /** @param rank the higher goes first; 0 is none */
  offerLink(href: string, base: string | undefined, rank: number): void {
    if (rank <= (this.#link?.rank ?? 0) || !URL.canParse(href, base)) return;
    const url = new URL(href, base);
    if (url.protocol === "http:" || url.protocol === "https:") this.#link = { rank, value: url.href };
  }

  /** @param rank the higher goes first, then the later */
  offerId(id: string, rank: number, isPermalink = false): void {
    if (rank < (this.#id?.rank ?? 0)) return;
    this.#id = { rank, value: id };
    this.#isPermalink = isPermalink;
  }

  addCategory(term: string, scheme: string): void {
    const plain = plainText(term);
    if (plain !== "" && this.#categories.length < feedLimits.categoriesPerItem) {
      this.#categories.push({ term: plain, scheme });
    }
  }

  addTickers(text: string): void {
    const plain = plainText(text);
    if (plain !== "" && this.#tickers.length < feedLimits.categoriesPerItem) this.#tickers.push(plain);
  }

  finished(): FeedItem {
    const id = this.#id?.value;
    const isAddress = this.#isPermalink && id !== undefined && /^https?:\/\//i.test(id) && URL.canParse(id);
    return {
      id,
      link: this.#link?.value ?? (isAddress ? new URL(id).href : undefined),
      title: this.#title?.value ?? plainText(this.#text?.value ?? ""),
      published: this.#date?.value,
      unreadDate: this.#date === undefined ? this.#unreadDate?.value.slice(0, 100) : undefined,
      categories: this.#categories,
      tickers: this.#tickers,
    };
  }
}
