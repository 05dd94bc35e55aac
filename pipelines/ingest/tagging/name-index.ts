import type { CompanyNames } from "./company-list.js";
import {
  determiners,
  legalWords,
  ordinaryWords,
  usuallyCompanies,
  weakSigns,
  wordsAfter,
  wordsBefore,
} from "./ordinary-words.js";
import { capitalsOf, isCapitalised, nameWords, type Capitals, type Token, tokenise } from "./tokens.js";

/**
 * How sure a name is:
 * - clear: nothing else is called that; in any spelling
 * - exact: at most three letters; as the list writes it
 * - ordinary: also a word of everyday English; see `ordinaryWords`
 * - other: a phrase that holds a name and means something else
 */
type Kind = "clear" | "exact" | "ordinary" | "other";

interface Name {
  readonly kind: Kind;
  /** As the list writes it, without dots. */
  readonly written: string;
  readonly symbols: Set<string>;
}

export interface NameRules {
  /** Whether a word, in small letters, is also one of everyday English. */
  readonly isOrdinary: (word: string) => boolean;
  /** Names of which nothing else is called count only with capital letters too. */
  readonly needsCapital: boolean;
}

interface Node {
  next: Map<string, Node> | undefined;
  name: Name | undefined;
}

/**
 * Companies' names as a trie over words: from each word of a text the longest name is looked for, and goes on after it.
 * Time is linear in the text's words, whatever the number of names (about 20 µs a headline with 88 and with 50,000 companies).
 */
export class NameIndex {
  readonly #root: Node = { next: undefined, name: undefined };

  /** @param rules how narrowly names count; default: those of a list that was looked through by hand */
  constructor(
    companies: readonly CompanyNames[],
    private readonly rules: NameRules = { isOrdinary: (word) => ordinaryWords.has(word), needsCapital: false },
  ) {
    for (const { symbol, name, aliases } of companies) {
      for (const alias of [name, ...aliases]) this.#addName(alias, symbol);
    }
    for (const { not } of companies) for (const phrase of not) this.#insert(nameWords(phrase), phrase, "other");
  }

  /** The name itself, and without `The` and what the law adds to it. */
  #addName(name: string, symbol: string): void {
    const words = nameWords(name);
    if (words[0] === "the") words.shift();
    let end = words.length;
    this.#offer(words.slice(0, end), name, symbol);
    while (end > 1 && legalWords.has(words[end - 1] ?? "")) {
      end -= 1;
      this.#offer(words.slice(0, end), name, symbol);
    }
  }

  #offer(words: readonly string[], name: string, symbol: string): void {
    const [first] = words;
    if (first === undefined || words.every((word) => legalWords.has(word))) return;
    const written = writtenForm(tokenise(name.replace(/^the /i, ""))[0]?.raw ?? "");
    const isShort = words.length === 1 && [...first].length <= 3;
    const isOrdinary = words.every(this.rules.isOrdinary);
    this.#insert(words, written, isShort ? "exact" : isOrdinary ? "ordinary" : "clear", symbol);
    // As a hashtag has it: #BankOfAmerica.
    const joined = words.join("");
    if (words.length > 1 && joined.length > 5) this.#insert([joined], joined, "clear", symbol);
  }

  #insert(words: readonly string[], written: string, kind: Kind, symbol?: string): void {
    let node = this.#root;
    for (const word of words) {
      node.next ??= new Map();
      let child = node.next.get(word);
      if (child === undefined) node.next.set(word, (child = { next: undefined, name: undefined }));
      node = child;
    }
    if (node === this.#root) return;
    // A phrase that means something else is that for all.
    if (node.name === undefined || kind === "other") node.name = { kind, written, symbols: new Set() };
    if (symbol !== undefined && node.name.kind !== "other") node.name.symbols.add(symbol);
  }

  /** Adds the symbols of the companies that a text names. */
  mentions(tokens: readonly Token[], found: Set<string>): void {
    let capitals: Capitals | undefined;
    for (let at = 0; at < tokens.length;) {
      const match = this.#longest(tokens, at);
      if (match === undefined) {
        at += 1;
        continue;
      }
      const { name, end } = match;
      if (name.kind !== "other") {
        capitals ??= capitalsOf(tokens);
        if (isMeant(name, tokens, at, end, capitals, this.rules)) for (const symbol of name.symbols) found.add(symbol);
      }
      at = end;
    }
  }

  #longest(tokens: readonly Token[], start: number): { name: Name; end: number } | undefined {
    let node: Node | undefined = this.#root;
    let best: { name: Name; end: number } | undefined;
    for (let at = start; at < tokens.length; at += 1) {
      const token = tokens[at];
      if (token === undefined || (at > start && token.afterBreak)) break;
      node = node.next?.get(token.word);
      if (node === undefined) break;
      if (node.name !== undefined) best = { name: node.name, end: at + 1 };
    }
    return best;
  }
}

const writtenForm = (raw: string): string => raw.replace(/(?:['’][sS])$/, "").replace(/[.'’]/g, "");

function isMeant(
  name: Name,
  tokens: readonly Token[],
  start: number,
  end: number,
  capitals: Capitals,
  rules: NameRules,
): boolean {
  const first = tokens[start];
  const last = tokens[end - 1];
  if (first === undefined || last === undefined) return false;
  if (name.kind === "clear") {
    if (!rules.needsCapital || first.hashtag) return true;
    if (!isCapitalised(first.raw) || !(isCapitalised(last.raw) || legalWords.has(last.word))) return false;
    if (end - start > 1) return true;
    if (isDetermined(tokens, start)) return false;
    if (last.possessive || capitals !== "sentence") return true;
    return isAlone(tokens, start, end, rules) || isSupported(tokens, start, end);
  }
  if (name.kind === "exact") {
    const fits = writtenForm(first.raw) === name.written;
    return fits && !(capitals === "shouted" && ordinaryWords.has(first.word));
  }
  if (!isCapitalised(first.raw) || !isCapitalised(last.raw)) return first.hashtag;
  if (rules.needsCapital && end - start === 1) return isMeantNarrowly(tokens, start, capitals, rules);
  if (end - start > 1 || last.possessive || first.hashtag) return capitals !== "shouted" || end - start > 1;
  if (capitals === "shouted") return usuallyCompanies.has(first.word) && isSupported(tokens, start, end);
  if (usuallyCompanies.has(first.word)) return true;
  const isStressed = first.raw.length > 3 && first.raw === first.raw.toUpperCase();
  if (capitals === "sentence" && !isStressed && !first.afterBreak && isAlone(tokens, start, end)) return true;
  return isSupported(tokens, start, end);
}

/** A word of everyday English with a capital letter, of a list that nobody has looked through. */
function isMeantNarrowly(tokens: readonly Token[], at: number, capitals: Capitals, rules: NameRules): boolean {
  const token = tokens[at];
  if (token === undefined || isDetermined(tokens, at)) return false;
  if (isSupported(tokens, at, at + 1, weakSigns)) return true;
  if (token.possessive) return capitals !== "shouted";
  return capitals === "sentence" && !token.afterBreak && isAlone(tokens, at, at + 1, rules);
}

/** `a Lantern`, `the old Lantern`: the thing, not a company of that name. */
const isDetermined = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.afterBreak === false && determiners.has(tokens[at - 1]?.word ?? "");

/** Not part of a longer name that the list does not have: `Target Hospitality`, `Green Apple`. */
function isAlone(tokens: readonly Token[], start: number, end: number, rules?: NameRules): boolean {
  const before = tokens[start - 1];
  const after = tokens[end];
  const partOfName = (token: Token | undefined, known: ReadonlySet<string>): boolean =>
    token !== undefined && isCapitalised(token.raw) && !/^\p{N}/u.test(token.raw) && !known.has(token.word);
  const first = tokens[start];
  // `Root and Lantern` are two names; the rules of the list that was looked through do not know it.
  const isParted = (token: Token | undefined): boolean =>
    token?.afterBreak !== false || (rules?.needsCapital === true && token.afterAnd);
  return (
    !(!isParted(first) && before?.afterBreak === false && partOfName(before, wordsBefore)) &&
    !(after !== undefined && !isParted(after) && partOfName(after, wordsAfter))
  );
}

/** The words around indicate a company. @param weak those that are no sign */
function isSupported(
  tokens: readonly Token[],
  start: number,
  end: number,
  weak: ReadonlySet<string> = new Set(),
): boolean {
  const before = tokens[start]?.afterBreak ? undefined : tokens[start - 1];
  const after = tokens[end]?.afterBreak ? undefined : tokens[end];
  return (
    (after !== undefined && !weak.has(after.word) && (wordsAfter.has(after.word) || legalWords.has(after.word))) ||
    (before !== undefined && !weak.has(before.word) && wordsBefore.has(before.word))
  );
}
