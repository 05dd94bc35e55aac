import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { readInside, readVerified } from "../runtime/integrity.js";
import { modelTasks } from "../tasks.js";
import { modelKey, parseCard, RegistryCardError, type RegisteredCard } from "./card.js";
import { finbertArms, finbertTask } from "./finbert-flag.js";
import type { RegistryStore } from "./store.js";

/**
 * Registers every artefact under the directory that is not known yet, after its model file was checked, and gives each
 * task without a route a champion: of the active models that ship with the package, the first by name, in its highest
 * version.
 *
 * @param finbertShare share of the symbols that the first route of sentiment gives to the transformer, the others being
 *   VADER's; undefined: the transformer is its champion
 * @returns keys of the models that were new
 * @throws RegistryCardError, ModelIntegrityError when an artefact does not match its card
 * @throws ModelConflictError when a version is known with another model file
 */
export async function registerDefaultModels(
  store: RegistryStore,
  artifactDirectory: string,
  finbertShare?: number,
): Promise<string[]> {
  const found = await readCards(artifactDirectory);
  const known = new Set((await store.models()).map(modelKey));
  const added: string[] = [];
  for (const { card, path } of found) {
    const directory = join(artifactDirectory, path);
    if (!known.has(modelKey(card))) await readVerified(directory, card.modelFile, card.sha256);
    if (await store.registerModel(card, path)) added.push(modelKey(card));
  }
  const active = new Set((await store.models()).filter((model) => model.active).map(modelKey));
  const routed = new Set((await store.routes()).map(({ task }) => task));
  const candidates = found
    .map(({ card }) => card)
    // An imported model serves only once a route names it.
    .filter((card) => active.has(modelKey(card)) && !card.imported)
    .sort(byNameThenNewest);
  for (const task of modelTasks) {
    const champion = candidates.find((card) => card.task === task);
    if (!champion || routed.has(task)) continue;
    const model = modelKey(champion);
    const isFlagged = task === finbertTask && finbertShare !== undefined;
    await store.setRoute(task, isFlagged ? finbertArms(finbertShare, model) : [{ arm: "champion", model, share: 1 }]);
  }
  return added;
}

async function readCards(artifactDirectory: string): Promise<{ card: RegisteredCard; path: string }[]> {
  const entries = await readdir(artifactDirectory, { recursive: true });
  const files = entries.filter((entry) => basename(entry) === "model.json").sort();
  return Promise.all(
    files.map(async (file) => {
      const text = (await readInside(artifactDirectory, file)).toString("utf8");
      return { card: parseCard(parseJson(text, file), file), path: dirname(file).replaceAll("\\", "/") };
    }),
  );
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RegistryCardError(`${source} is not JSON: ${String(error)}`, { cause: error });
  }
}

const byNameThenNewest = (one: RegisteredCard, other: RegisteredCard): number =>
  one.name.localeCompare(other.name, "en") || other.version.localeCompare(one.version, "en", { numeric: true });
