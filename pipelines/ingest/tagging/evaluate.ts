import { createHash } from "node:crypto";
import type { CompanyNames } from "./company-list.js";
import type { SymbolTagger } from "./tagger.js";
import { nameWords, tokenise } from "./tokens.js";

/** A text with the tags of its source. */
export interface TaggedText {
  readonly id: string;
  readonly text: string;
  readonly symbols: readonly string[];
}

export interface Scores {
  /** Tags of the source. */
  readonly tags: number;
  /** Tags given by the tagger. */
  readonly given: number;
  readonly correct: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface Evaluation {
  readonly name: string;
  readonly texts: number;
  readonly micro: Scores;
  readonly bySymbol: ReadonlyMap<string, Scores>;
}

/** The half of an identifier: rules are developed on one and reported on the other. */
export function halfOf(id: string): "develop" | "report" {
  return (createHash("sha256").update(id).digest()[0] ?? 0) % 2 === 0 ? "develop" : "report";
}

const anyCashtag = /\$[A-Za-z][A-Za-z.\-/_]*/gu;

/** A text without its cashtags, which in posts are nearly the tags themselves. */
export function withoutCashtags(text: string): string {
  return text.replace(anyCashtag, " ");
}

/**
 * Compares a tagger with the tags of the texts, in three ways:
 *
 * 1. *as published*: cashtags and all. In StockNet the tags were made of the cashtags, so this measures little.
 * 2. *without cashtags*: what is left to go by. Many texts name their company by its cashtag alone, so recall is bounded
 *    by how many name it otherwise; and a company that is named without a cashtag has no tag, which counts as wrong.
 * 3. *without cashtags, companies named*: only those pairs of a text and a company in which a name from the list, or the
 *    ticker in capitals, stands in the text as whole words in any case. That is decided by plain search, with none of
 *    the tagger's rules on capitals, neighbours and phrases; so it shows what these rules keep and lose.
 */
export function evaluateTagger(
  tagger: SymbolTagger,
  companies: readonly CompanyNames[],
  texts: Iterable<TaggedText>,
): Evaluation[] {
  const named = mentionSearch(companies);
  const asPublished = new Count("as published");
  const stripped = new Count("without cashtags");
  const mentioned = new Count("without cashtags, companies named");
  for (const { text, symbols } of texts) {
    asPublished.add(symbols, tagger.tag(text));
    const rest = withoutCashtags(text);
    const given = tagger.tag(rest);
    stripped.add(symbols, given);
    const candidates = named(rest);
    if (candidates.size === 0) continue;
    mentioned.add(
      symbols.filter((symbol) => candidates.has(symbol)),
      given.filter((symbol) => candidates.has(symbol)),
    );
  }
  return [asPublished, stripped, mentioned].map((count) => count.result());
}

/** Symbols of which any name stands in a text as whole words, in any case: by search for each of them. */
function mentionSearch(companies: readonly CompanyNames[]): (text: string) => Set<string> {
  const phrases = companies.flatMap(({ symbol, name, aliases }) =>
    [name, ...aliases, symbol.length > 2 ? symbol : ""]
      .map((alias) => nameWords(alias).join(" "))
      .filter((words) => words !== "")
      .flatMap((words) => [
        words,
        words.replace(/(?: (?:inc|corp|corporation|company|co|ltd|limited|plc|group|sa|ag|nv))+$/, ""),
      ])
      .map((words) => ({ symbol, phrase: ` ${words} ` })),
  );
  return (text) => {
    const words = ` ${tokenise(text)
      .map(({ word }) => word)
      .join(" ")} `;
    return new Set(phrases.filter(({ phrase }) => words.includes(phrase)).map(({ symbol }) => symbol));
  };
}

class Count {
  #texts = 0;
  readonly #counts = new Map<string, { tags: number; given: number; correct: number }>();

  constructor(private readonly name: string) {}

  add(tags: readonly string[], given: readonly string[]): void {
    this.#texts += 1;
    for (const symbol of tags) this.#of(symbol).tags += 1;
    for (const symbol of given) {
      this.#of(symbol).given += 1;
      if (tags.includes(symbol)) this.#of(symbol).correct += 1;
    }
  }

  #of(symbol: string): { tags: number; given: number; correct: number } {
    let count = this.#counts.get(symbol);
    if (count === undefined) this.#counts.set(symbol, (count = { tags: 0, given: 0, correct: 0 }));
    return count;
  }

  result(): Evaluation {
    const sum = { tags: 0, given: 0, correct: 0 };
    for (const { tags, given, correct } of this.#counts.values()) {
      sum.tags += tags;
      sum.given += given;
      sum.correct += correct;
    }
    const bySymbol = new Map([...this.#counts].map(([symbol, count]) => [symbol, scoresOf(count)]));
    return { name: this.name, texts: this.#texts, micro: scoresOf(sum), bySymbol };
  }
}

function scoresOf(count: { tags: number; given: number; correct: number }): Scores {
  const { tags, given, correct } = count;
  const precision = given === 0 ? 0 : correct / given;
  const recall = tags === 0 ? 0 : correct / tags;
  const f1 = correct === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { tags, given, correct, precision, recall, f1 };
}
