/** Writes what is generated of the documentation: `npm run docs`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageRoot } from "../../../schemas/files.js";
import { generatedFiles } from "./pages.js";

for (const [file, text] of generatedFiles()) {
  const path = join(packageRoot, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
