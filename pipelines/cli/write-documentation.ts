/** Writes the README's generated tables: `npm run docs`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../schemas/files.js";
import { generatedTables, withTables } from "./documentation.js";
import { createProgram } from "./program.js";

const file = join(packageRoot, "README.md");
writeFileSync(file, withTables(readFileSync(file, "utf8"), await generatedTables(createProgram())));
