/** From a model in the hub's layout to an artefact of ours, which the registry and the stages take like any other. */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { cardFile, readModelCard } from "../../runtime/card.js";
import { ModelConflictError } from "../store.js";
import type { HubModel } from "./hub-layout.js";

/** Below the directory of the artefacts: what was brought in, apart from what ships with the package. */
export const importedDirectory = "imported";

/** Where the model came from and how it was calibrated, for the reader of the card. */
export type ImportNotes = Readonly<Record<string, unknown>>;

export interface ImportedModel {
  /** Of the artefact, relative to the directory of the artefacts. */
  readonly path: string;
  /** False: it was there already, the very same. */
  readonly isNew: boolean;
}

/**
 * Writes the files and their card beside each other; a crash leaves the artefact whole or none at all. A version never
 * changes: what is there already must have the same files and the same card.
 *
 * @throws ModelConflictError when it does not
 */
export async function importModel(
  { card, files }: HubModel,
  artifactDirectory: string,
  notes: ImportNotes,
): Promise<ImportedModel> {
  const path = [importedDirectory, card.task, card.name, card.version].join("/");
  const directory = join(artifactDirectory, path);
  if (existsSync(directory)) {
    if (!isDeepStrictEqual(await readModelCard(directory), card))
      throw new ModelConflictError(
        `${path} is there already, with another file, calibration or label order: give this one another --model-version`,
      );
    return { path, isNew: false };
  }
  const unfinished = `${directory}.${randomUUID()}`;
  try {
    for (const [name, bytes] of files) {
      const target = join(unfinished, name);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, bytes);
    }
    const content = { ...card, imported: true, ...notes };
    await writeFile(join(unfinished, cardFile), `${JSON.stringify(content, undefined, 2)}\n`);
    await rename(unfinished, directory);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  return { path, isNew: true };
}
