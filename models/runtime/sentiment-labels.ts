import type { SentimentLabel } from "../../schemas/generated/types.js";

/** How data sets and models write the three classes. 0, 1, 2 are missing: they mean one thing here and another there. */
const spellings: Readonly<Record<string, SentimentLabel>> = {
  negative: "negative",
  neg: "negative",
  bearish: "negative",
  "-1": "negative",
  neutral: "neutral",
  neu: "neutral",
  positive: "positive",
  pos: "positive",
  bullish: "positive",
};

/** @returns the class that a name stands for, whatever its case; undefined when it is none of them */
export const sentimentLabelOf = (name: string): SentimentLabel | undefined => spellings[name.trim().toLowerCase()];
