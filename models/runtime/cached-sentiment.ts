/** Texts that come again are not read again: a pure optimisation, since a text's result depends on nothing but the text. */
import { createHash } from "node:crypto";
import type { SentimentProbabilities } from "../../schemas/generated/types.js";
import type { LoadedSentimentClassifier } from "./sentiment-classifier.js";
import { textNormaliser } from "./text-normalisation.js";

export interface CacheOptions {
  /** Most texts that are remembered, about 250 bytes each; the least recently used goes first. */
  readonly entries?: number;
  /** Called after every call with how many texts were remembered and how many had to be read. */
  readonly onLookup?: (hits: number, misses: number) => void;
}

/**
 * The classifier with a memory. A text is known by the hash of what the model's own normalisation makes of it: posts that
 * differ in links, spacing or retweet marks share an entry. Nothing more is stripped than the model's card does: the model
 * might read it, and no record may depend on what was read before.
 */
export function cachedSentiment(
  classifier: LoadedSentimentClassifier,
  { entries = 20_000, onLookup }: CacheOptions = {},
): LoadedSentimentClassifier {
  const normalise = textNormaliser(classifier.card.textNormalisation.rules);
  const known = new Map<string, SentimentProbabilities>();

  const recall = (key: string): SentimentProbabilities | undefined => {
    const found = known.get(key);
    if (found === undefined) return undefined;
    known.delete(key);
    known.set(key, found);
    return found;
  };
  const remember = (key: string, found: SentimentProbabilities): void => {
    known.set(key, found);
    for (const oldest of known.keys()) {
      if (known.size <= entries) break;
      known.delete(oldest);
    }
  };

  return {
    ...classifier,
    classify: async (texts) => {
      const keys = texts.map((text) => createHash("sha256").update(normalise(text)).digest("base64"));
      const results = new Map<string, SentimentProbabilities>();
      const missing = new Map<string, string>();
      for (const [index, key] of keys.entries()) {
        const found = recall(key);
        if (found) results.set(key, found);
        else missing.set(key, texts[index] ?? "");
      }
      const read = missing.size > 0 ? await classifier.classify([...missing.values()]) : [];
      for (const [index, key] of [...missing.keys()].entries()) {
        const found = read[index];
        if (found === undefined) throw new Error("the classifier gave fewer results than it was given texts");
        results.set(key, found);
        remember(key, found);
      }
      onLookup?.(texts.length - missing.size, missing.size);
      return keys.flatMap((key) => results.get(key) ?? []);
    },
  };
}
