/** Another build of this package: its compiled sources and schemas, changed, in a directory of their own. */
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { packageRoot } from "../../schemas/files.js";

interface AvroField {
  readonly name: string;
  readonly type: unknown;
  readonly default: unknown;
  readonly doc: string;
}

export interface BuildChanges {
  /** By schema file, a field to be added to its record. */
  readonly fields: Readonly<Record<string, AvroField>>;
  /** By compiled file below `dist`, texts and what takes their place; each must be there, once. */
  readonly sources: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;
}

/** @returns the file of its command line */
export async function secondBuild(t: TestContext, { fields, sources }: BuildChanges): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "newstape-build-"));
  t.after(() => rm(directory, { recursive: true }));
  const isTest = join(packageRoot, "dist", "test");
  await cp(join(packageRoot, "dist"), join(directory, "dist"), {
    recursive: true,
    filter: (path) => !path.startsWith(isTest),
  });
  await cp(join(packageRoot, "schemas"), join(directory, "schemas"), { recursive: true });
  await cp(join(packageRoot, "package.json"), join(directory, "package.json"));
  for (const shared of ["node_modules", "models", "operators", "deploy"])
    await symlink(join(packageRoot, shared), join(directory, shared));
  const change = async (path: string, by: (text: string) => string): Promise<void> => {
    const file = join(directory, path);
    await writeFile(file, by(await readFile(file, "utf8")));
  };
  for (const [schema, field] of Object.entries(fields)) {
    await change(join("schemas", schema), (text) => {
      const record = JSON.parse(text) as { fields: unknown[] };
      return JSON.stringify({ ...record, fields: [...record.fields, field] });
    });
  }
  for (const [source, replacements] of Object.entries(sources)) {
    await change(join("dist", source), (text) =>
      replacements.reduce((changed, [from, to]) => {
        assert.equal(changed.split(from).length, 2, `${source} has once: ${from}`);
        return changed.replace(from, () => to);
      }, text),
    );
  }
  return join(directory, "dist", "pipelines", "cli", "main.js");
}
