/** One word of a headline. */
export interface Token {
  /** Lower case, without accents, dots and a possessive ending: what names are compared by. */
  readonly word: string;
  /** As written. */
  readonly raw: string;
  readonly start: number;
  /** True for `Apple's` and `Apples'`. */
  readonly possessive: boolean;
  /** True for `#Apple`. */
  readonly hashtag: boolean;
  /** True when a sentence, a clause or an address ended before it: no name runs over that. */
  readonly afterBreak: boolean;
  /** True when an `and` stood before it, which is no token: names may have it or not. */
  readonly afterAnd: boolean;
}

/** Addresses, e-mail addresses and user names of posts: words in them name no company. */
const notWords = /https?:\S*|www\.\S+|\S+@\S+|(?<![\p{L}\p{N}])@\w+/gu;
/** Words keep what stands inside of them (`AT&T`, `J.P`, `McDonald's`), but a hyphen parts two. */
const wordForm = /[\p{L}\p{N}]+(?:[&.'’][\p{L}\p{N}]+)*/gu;
const possessiveEnding = /(?:['’][sS])$/;
/** Full stops also stand after abbreviations; see `ends`. */
const hardBreak = /[!?;:,|()[\]{}"“”\n•–—]|\.\.|\s-+\s|\uFFFC/u;
const abbreviation = /^(?:\p{L}{1,2}|inc|corp|ltd|cos?|bros|dr|mr|mrs|st|no|u\.s)$/iu;

/** Words in their order. Linear in the text. */
export function tokenise(text: string): Token[] {
  // Replaced by as many characters, so that positions stay; U+FFFC is a break and no letter.
  const clean = text.replace(notWords, (match) => "\uFFFC".repeat(match.length));
  const tokens: Token[] = [];
  let end = 0;
  let afterAnd = false;
  for (const match of clean.matchAll(wordForm)) {
    const raw = match[0];
    const gap = clean.slice(end, match.index);
    const before = tokens.at(-1);
    const fullStop = /\.(?:\s|$)/.test(gap) && !(before !== undefined && abbreviation.test(before.raw));
    end = match.index + raw.length;
    const word = normalWord(raw);
    if (word === "and") afterAnd = true;
    if (word === "and" || word === "") continue;
    tokens.push({
      word,
      raw,
      start: match.index,
      possessive: possessiveEnding.test(raw) || /^['’](?!\p{L})/u.test(clean.slice(end, end + 2)),
      hashtag: gap.endsWith("#"),
      afterBreak: before === undefined || hardBreak.test(gap) || fullStop,
      afterAnd,
    });
    afterAnd = false;
  }
  return tokens;
}

/** The form by which words are compared. */
export function normalWord(raw: string): string {
  const plain = raw.replace(possessiveEnding, "");
  // Nearly all words are ASCII, for which normalising would give nothing (and takes half of the time).
  const folded = /^[\x20-\x7e]*$/.test(plain) ? plain : plain.normalize("NFKD").replace(/\p{M}/gu, "");
  return folded.toLowerCase().replace(/[.'’]/g, "");
}

/** Words of a name from a list. */
export function nameWords(name: string): string[] {
  return tokenise(name.replace(/[()[\],]/g, " ")).map(({ word }) => word);
}

/** How a text uses capitals: whether a capital letter is a sign for a word of it. */
export type Capitals = "sentence" | "title" | "shouted";

export function capitalsOf(tokens: readonly Token[]): Capitals {
  let words = 0;
  let capitalised = 0;
  let upper = 0;
  for (const { raw } of tokens) {
    if (raw.length < 4 || !/^\p{L}/u.test(raw)) continue;
    words += 1;
    if (isCapitalised(raw)) capitalised += 1;
    if (raw === raw.toUpperCase()) upper += 1;
  }
  if (words >= 3 && upper > 0.7 * words) return "shouted";
  return words >= 3 && capitalised > 0.7 * words ? "title" : "sentence";
}

/** `Apple`, `APPLE`, `3M`, also `eBay`; not `apple`. */
export function isCapitalised(raw: string): boolean {
  return /^[\p{Lu}\p{N}]/u.test(raw) || /^\p{Ll}{1,2}\p{Lu}/u.test(raw);
}
