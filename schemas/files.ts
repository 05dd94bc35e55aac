/** The places of the package's own files, whether it runs from `dist/` or is imported from it. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

function findPackageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, "package.json"))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error("package.json of newstape not found above the running file");
    directory = parent;
  }
  return directory;
}

/** The directory of `package.json`. */
export const packageRoot = findPackageRoot();
/** The directory of the `.avsc` files. */
export const schemaDirectory = join(packageRoot, "schemas");
/** The bundled slice of real news and bars, which ships with the package; its README names the sources. */
export const bundledSlice = {
  news: join(packageRoot, "deploy", "examples", "slice", "news.jsonl.gz"),
  bars: join(packageRoot, "deploy", "examples", "slice", "bars.csv.gz"),
} as const;
/** The directory of the model artefacts that ship with the package. */
export const artifactDirectory = join(packageRoot, "models", "artifacts");

/** Version of this package. */
export const packageVersion = (
  JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string }
).version;
