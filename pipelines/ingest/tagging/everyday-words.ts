import { readFileSync } from "node:fs";
import { join } from "node:path";
import { artifactDirectory } from "../../../schemas/files.js";
import { ordinaryWords } from "./ordinary-words.js";

let vocabulary: ReadonlySet<string> | undefined;

/**
 * The whole words that the shipped encoder's vocabulary has: some 12,000 of everyday English. A few names are so well known
 * that they are among them; they are read with the same care.
 */
function encoderWords(): ReadonlySet<string> {
  const file = join(artifactDirectory, "sentiment", "minilm-l6", "1.0.0", "tokenizer.json");
  const { model } = JSON.parse(readFileSync(file, "utf8")) as { model: { vocab: Record<string, number> } };
  return new Set(Object.keys(model.vocab).filter((word) => /^[a-z]{3,}$/.test(word)));
}

/** Whether a word, in small letters, is one of everyday English. */
export function isEverydayWord(word: string): boolean {
  vocabulary ??= encoderWords();
  return ordinaryWords.has(word) || vocabulary.has(word);
}
