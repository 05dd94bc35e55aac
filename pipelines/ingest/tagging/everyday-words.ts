import { readFileSync } from "node:fs";
import { join } from "node:path";
import { artifactDirectory } from "../../../schemas/files.js";
import { readCompanies } from "./company-list.js";
import { legalWords, ordinaryWords } from "./ordinary-words.js";
import { nameWords } from "./tokens.js";

let known: ReadonlySet<string> | undefined;

/** The whole words that the shipped encoder's vocabulary has: some 12,000 of everyday English, and a few well-known names. */
function encoderWords(): string[] {
  const file = join(artifactDirectory, "sentiment", "minilm-l6", "1.0.0", "tokenizer.json");
  const { model } = JSON.parse(readFileSync(file, "utf8")) as { model: { vocab: Record<string, number> } };
  return Object.keys(model.vocab).filter((word) => /^[a-z]{3,}$/.test(word));
}

/** Names of one word that nothing but a company has: `facebook`, `microsoft`. */
function companyNames(): ReadonlySet<string> {
  const names = readCompanies().flatMap(({ name, aliases }) => [name, ...aliases]);
  const words = names.map((name) => nameWords(name).filter((word) => !legalWords.has(word)));
  return new Set(words.flatMap(([word = "", ...others]) => (others.length === 0 ? word : [])));
}

function everydayWords(): ReadonlySet<string> {
  const names = companyNames();
  return new Set([...encoderWords().filter((word) => !names.has(word)), ...ordinaryWords]);
}

/** Whether a word, in small letters, is one of everyday English. */
export const isEverydayWord = (word: string): boolean => (known ??= everydayWords()).has(word);
