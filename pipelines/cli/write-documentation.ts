/** Writes what is generated of the documentation: `npm run docs`. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { featureCatalogue } from "../../operators/features/catalogue.js";
import { allFeatures, featureSets } from "../../operators/features/feature-sets.js";
import { packageRoot } from "../../schemas/files.js";
import { stages } from "../stages/index.js";
import { accessDocument } from "../operations/topics/access.js";
import { generatedTables, withTables } from "./documentation.js";
import { createProgram } from "./program.js";

const readme = join(packageRoot, "README.md");
writeFileSync(readme, withTables(readFileSync(readme, "utf8"), generatedTables(createProgram())));
writeFileSync(join(packageRoot, "operators", "features", "README.md"), featureCatalogue(allFeatures, featureSets));
mkdirSync(join(packageRoot, "deploy", "kafka"), { recursive: true });
writeFileSync(join(packageRoot, "deploy", "kafka", "acls.json"), accessDocument(stages));
