/** How a text is prepared for a tokenizer: as the model's card declares it, so that serving does what training did. */

/** One replacement of every match of a regular expression (flags `gu`). */
export interface TextRule {
  readonly pattern: string;
  readonly replacement: string;
}

/** Longer texts are cut first: no model reads that far, and a megabyte of headline would hold a worker for seconds. */
const longestText = 10_000;

/**
 * @param rules applied in their order
 * @returns a function that makes a text well-formed (lone surrogates become U+FFFD) and applies the rules
 * @throws SyntaxError when a pattern is not a regular expression
 */
export function textNormaliser(rules: readonly TextRule[]): (text: string) => string {
  const compiled = rules.map(({ pattern, replacement }) => ({ pattern: new RegExp(pattern, "gu"), replacement }));
  return (text) =>
    compiled.reduce(
      (result, { pattern, replacement }) => result.replace(pattern, () => replacement),
      text.slice(0, longestText).replace(/\p{Surrogate}/gu, "\ufffd"),
    );
}

/** Every space that Python or ECMAScript calls `\s`: the two languages disagree on it. */
const space = "\\t\\n\\u000b\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff";

/** Marks and punctuation younger than the trainer's tables of Unicode, where the two tokenizers cut differently: 146 of the basic plane. */
const young =
  "\\u061d\\u07fd\\u0890\\u0891\\u0897-\\u089f\\u08ca-\\u08e2\\u09fd\\u09fe\\u0a76\\u0afa-\\u0aff\\u0b55\\u0c04\\u0c3c" +
  "\\u0c77\\u0c84\\u0d00\\u0d3b\\u0d3c\\u0d81\\u0eba\\u0ece\\u166d\\u1734\\u180f\\u1885\\u1886\\u1abf-\\u1add" +
  "\\u1ae0-\\u1aeb\\u1b4e\\u1b4f\\u1b7d-\\u1b7f\\u1df6-\\u1dfb\\u2e43-\\u2e4f\\u2e52-\\u2e5d\\ua82c\\ua8c5\\ua8ff" +
  "\\ua9bd";

/** The rules of the models that ship with the package (a test compares them), and always those of VADER's input. */
export const newsRules: readonly TextRule[] = [
  // Web addresses, cut-off ones too.
  { pattern: `(?:[Hh][Tt][Tt][Pp][Ss]?:|[Ww][Ww][Ww]\\.)[^${space}]*`, replacement: " " },
  { pattern: "&lt;", replacement: "<" },
  { pattern: "&gt;", replacement: ">" },
  { pattern: "&quot;", replacement: '"' },
  { pattern: "&(?:#39|apos);", replacement: "'" },
  { pattern: "&nbsp;", replacement: " " },
  { pattern: "&amp;", replacement: "&" },
  // Beyond the basic plane the two tokenizers cut differently: emoji, mostly.
  { pattern: "[\u{10000}-\u{10ffff}]", replacement: " " },
  { pattern: `[${young}]`, replacement: " " },
  // ECMAScript lower-cases a word-final capital sigma differently from the tokenizer.
  { pattern: "\\u03a3", replacement: "\u03c3" },
  { pattern: `[${space}]+`, replacement: " " },
  { pattern: "^ | $", replacement: "" },
  // Who passed it on: a quarter of the posts begin with it, none of the labelled texts do.
  { pattern: "^(?:RT @[A-Za-z0-9_]+:? ?)+", replacement: "" },
];
