import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import vader from "vader-sentiment";
import { financeLexicon, parseLexicon } from "../../../operators/sentiment/finance-lexicon.js";
import { vaderLabel, vaderScore } from "../../../operators/sentiment/vader.js";

const none: ReadonlyMap<string, number> = new Map();

/** Compares with the package's own `polarity_scores`, its shares scaled to sum to 1. */
function assertEqualsPackage(text: string): void {
  const { neg, neu, pos, compound } = vader.SentimentIntensityAnalyzer.polarity_scores(text);
  const total = neg + neu + pos;
  const shares =
    total > 0
      ? { negative: neg / total, neutral: neu / total, positive: pos / total }
      : { negative: 0, neutral: 1, positive: 0 };
  assert.deepEqual(vaderScore(text, none), { shares, compound }, JSON.stringify(text));
}

test("without a lexicon of ours, real kinds of text give what the package gives", () => {
  for (const text of [
    "",
    "$AAPL",
    "Apple SMASHES estimates!!! Shares up, analysts VERY happy :)",
    'Not good: "weak" guidance, but margins are great?!?',
    "kind of disappointing... the least impressive quarter, never so bad",
    "It isn't a terrible, HORRIBLE report; at least revenue didn't fall ??",
    "RT @trader: --yeah right-- the shit! 'hot' stock -great, !!wow!! ?!?bad?!?",
    "sort of okay Kind OF nice KIND of sad kind",
    "d\u00e9j\u00e0-vu: loss\u00a0of $3bn &amp; \ud83d\ude80 good",
    "constructor __proto__ toString hasOwnProperty .constructor",
  ])
    assertEqualsPackage(text);
});

test("without a lexicon of ours, any arrangement of words and punctuation gives what the package gives", () => {
  const words = [
    "good",
    "BAD",
    "not",
    "kind",
    "of",
    "but",
    "very",
    "never",
    "so",
    "least",
    "at",
    "won't",
    "gain",
    "x",
    "$TSLA",
  ];
  const marks = ["", "", ".", "!", "!!", "!!!", "????", "?!?", "-", "--", "'", '"', ",", ")", "(", "_"];
  const word = fc
    .tuple(fc.constantFrom(...marks), fc.constantFrom(...words), fc.constantFrom(...marks))
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (tokens) => assertEqualsPackage(tokens.join(" "))),
    { numRuns: 500 },
  );
});

test("a word of the market has the valence of its line, wherever VADER's rules move it", () => {
  // score_valence: x / sqrt(x² + 15), four digits; capitals among small letters add .733; a negation turns by −.74.
  const compound = (valence: number): number => Number((valence / Math.sqrt(valence ** 2 + 15)).toFixed(4));
  for (const [term, valence] of financeLexicon) {
    assert.equal(vaderScore(`ibm ${term} ibm`).compound, compound(valence), term);
    const loud = valence === 0 ? 0 : valence + Math.sign(valence) * 0.733;
    assert.equal(vaderScore(`ibm ${term.toUpperCase()} ibm`).compound, compound(loud), term);
    assert.equal(vaderScore(`ibm not ${term} ibm`).compound, compound(valence * -0.74), term);
  }
});

test("headlines are read as the market reads them", () => {
  for (const [text, label] of [
    ["Apple shares plunge as iPhone sales slump", "negative"],
    ["Nvidia jumps after raising its outlook", "positive"],
    ["Ford to hold United States investor day", "neutral"],
    ["Goldman downgrades Twitter", "negative"],
  ] as const)
    assert.equal(vaderLabel(vaderScore(text).compound), label, text);
});

test("a lexicon that is none is refused with its line", () => {
  assert.deepEqual(
    [...parseLexicon("# a\n\nsoars\t3\nslip\t-0.5\n")],
    [
      ["soars", 3],
      ["slip", -0.5],
    ],
  );
  for (const [text, reason] of [
    ["soars 3", /line 1 is not/],
    ["Soars\t3", /line 1 is not/],
    ["a\nsoars\t", /line 1 is not/],
    ["soars\t0.3", /line 1: 0.3 is not a half step/],
    ["soars\t3.5", /line 1: 3.5 is not/],
    ["soars\tNaN", /line 1: NaN is not/],
    ["up\t1\nup\t2", /line 2: up stands in it twice/],
  ] as const)
    assert.throws(() => parseLexicon(text), reason, text);
});
