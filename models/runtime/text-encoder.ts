import type { SentimentCard } from "./card.js";
import { textNormaliser } from "./text-normalisation.js";
import type { Tokenizer } from "./tokenizer.js";

/** @returns a function from a text, as published, to token ids, as the model was trained on */
export function textEncoder(
  tokenizer: Tokenizer,
  { textNormalisation, maxTokens }: Pick<SentimentCard, "textNormalisation" | "maxTokens">,
): (text: string) => readonly number[] {
  const normalise = textNormaliser(textNormalisation.rules);
  return (text) => {
    const { ids } = tokenizer.encode(normalise(text));
    // A cut text keeps its closing special token.
    return ids.length <= maxTokens ? ids : [...ids.slice(0, maxTokens - 1), ids.at(-1) ?? 0];
  };
}
