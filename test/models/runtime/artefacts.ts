/** The artefacts that ship with the package: tests run what is served. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { artifactDirectory, packageRoot } from "../../../schemas/files.js";
import type { ModelTask, TaskOfKind } from "../../../models/tasks.js";

/** Directories of the task's bundled models. */
export function bundledModels(task: ModelTask): string[] {
  const folders = (directory: string): string[] =>
    readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [join(directory, entry.name)] : [],
    );
  const newestFirst = (one: string, other: string): number => other.localeCompare(one, "en", { numeric: true });
  return folders(join(artifactDirectory, task)).flatMap((name) => folders(name).sort(newestFirst));
}

/** The newest of the first name: what is served by default. */
export function bundledModel(task: ModelTask): string {
  const [directory] = bundledModels(task);
  if (directory === undefined) throw new Error(`no bundled model for ${task}`);
  return directory;
}

/** Rows of the development data, and around split thresholds, with what the trainer made of them. */
export interface TreeFixture {
  readonly featureSet: string;
  readonly sha256: string;
  readonly rows: readonly (readonly number[])[];
  readonly expected: readonly (readonly number[])[];
}

export function treeFixture(task: TaskOfKind<"vector">): TreeFixture {
  return JSON.parse(
    readFileSync(join(packageRoot, "test", "fixtures", "models", `${task}.json`), "utf8"),
  ) as TreeFixture;
}
