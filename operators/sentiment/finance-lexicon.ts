/** What words mean on the market, laid over VADER's own lexicon: `finance-lexicon.txt`, reviewed by hand. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../schemas/files.js";

/** Steps of a hand-given valence; a finer one would claim more than a reviewer knows. */
const step = 0.5;
const most = 3;

/**
 * @param text lines of term, tab, valence; `#` begins a comment
 * @returns valence in [−3, 3] by lower-case term
 * @throws SyntaxError naming the line that is none
 */
export function parseLexicon(text: string): ReadonlyMap<string, number> {
  const terms = new Map<string, number>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [term = "", valence = "", ...rest] = line.split("\t");
    const value = Number(valence);
    if (!/^[a-z][a-z'-]+$/.test(term) || valence === "" || rest.length > 0)
      throw new SyntaxError(`line ${index + 1} is not a lower-case term, a tab and a valence: ${line}`);
    if (!Number.isInteger(value / step) || Math.abs(value) > most)
      throw new SyntaxError(`line ${index + 1}: ${valence} is not a half step from -${most} to ${most}`);
    if (terms.has(term)) throw new SyntaxError(`line ${index + 1}: ${term} stands in it twice`);
    terms.set(term, value);
  }
  return terms;
}

export const financeLexicon: ReadonlyMap<string, number> = parseLexicon(
  readFileSync(join(packageRoot, "operators", "sentiment", "finance-lexicon.txt"), "utf8"),
);
