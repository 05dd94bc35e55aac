import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cardFile, isVectorCard, readModelCard, type VectorCard } from "../../models/runtime/card.js";

export interface ScorerArtefact {
  readonly directory: string;
  readonly card: VectorCard;
}

/** The champions among the artefacts under a directory, one a target: the first by name, in its highest version. */
export async function defaultScorers(root: string): Promise<ScorerArtefact[]> {
  const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith(cardFile));
  const found = await Promise.all(
    files.map(async (file) => {
      const directory = join(root, dirname(file));
      return { directory, card: await readModelCard(directory) };
    }),
  );
  const champions = new Map<string, ScorerArtefact>();
  const ordered = found.sort(
    (a, b) =>
      a.card.name.localeCompare(b.card.name, "en") ||
      b.card.version.localeCompare(a.card.version, "en", { numeric: true }),
  );
  for (const { directory, card } of ordered) {
    if (isVectorCard(card) && !champions.has(card.task)) champions.set(card.task, { directory, card });
  }
  return [...champions.values()];
}
