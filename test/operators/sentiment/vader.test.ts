import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import vader from "vader-sentiment";
import { vaderScore } from "../../../operators/sentiment/vader.js";

/** Compares with the package's own `polarity_scores`, its shares scaled to sum to 1. */
function assertEqualsPackage(text: string): void {
  const { neg, neu, pos, compound } = vader.SentimentIntensityAnalyzer.polarity_scores(text);
  const total = neg + neu + pos;
  const shares =
    total > 0
      ? { negative: neg / total, neutral: neu / total, positive: pos / total }
      : { negative: 0, neutral: 1, positive: 0 };
  assert.deepEqual(vaderScore(text), { shares, compound }, JSON.stringify(text));
}

test("real kinds of text give what the package gives", () => {
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

test("any arrangement of words and punctuation gives what the package gives", () => {
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
