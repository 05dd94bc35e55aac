import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { modelTasks } from "../runtime/types.js";
import type { RegisteredCard, RegistryStore } from "./store.js";

/**
 * Registers every artefact under the directory that is not known yet, and gives each task without a route its first model
 * as champion.
 *
 * @returns keys of the models that were new
 */
export async function registerDefaultModels(store: RegistryStore, artifactDirectory: string): Promise<string[]> {
  const entries = await readdir(artifactDirectory, { recursive: true });
  const cards = entries.filter((entry) => entry.split(sep).at(-1) === "model.json").sort();
  const added: string[] = [];
  const known: { key: string; task: string }[] = [];
  for (const entry of cards) {
    const file = join(artifactDirectory, entry);
    const card = JSON.parse(await readFile(file, "utf8")) as RegisteredCard;
    const key = `${card.name}@${card.version}`;
    if (await store.registerModel(card, relative(artifactDirectory, dirname(file)).split(sep).join("/"))) added.push(key);
    known.push({ key, task: card.task });
  }
  const routed = new Set((await store.routes()).map(({ task }) => task));
  for (const task of modelTasks) {
    const first = known.find((model) => model.task === task);
    if (first && !routed.has(task)) await store.setRoute(task, [{ arm: "champion", model: first.key, share: 1 }]);
  }
  return added;
}
