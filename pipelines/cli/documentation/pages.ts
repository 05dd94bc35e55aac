/** Everything that is generated of the documentation, by file: `npm run docs` writes it, a test compares it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allFeatures } from "../../../operators/features/all-features.js";
import { featureCatalogue } from "../../../operators/features/catalogue.js";
import { aliasesOf, featureSets } from "../../../operators/features/feature-sets.js";
import { methodCatalogue } from "../../../operators/forecasts/catalogue.js";
import { forecastingMethods } from "../../../operators/forecasts/methods/list.js";
import { packageRoot } from "../../../schemas/files.js";
import { accessDocument } from "../../operations/topics/access.js";
import { parts } from "../../stages/parts.js";
import { createProgram } from "../program.js";
import { apiPage } from "./api-page.js";
import { generatedTables, type Tables } from "./tables.js";

/** The page in which each table stands, between `<!-- name -->` and `<!-- /name -->`. */
export const pageOf: Readonly<Record<keyof Tables, string>> = {
  topics: "README.md",
  headers: "schemas/README.md",
  codes: "schemas/README.md",
  columns: "pipelines/ingest/README.md",
  configuration: "deploy/OPERATIONS.md",
  metrics: "deploy/OPERATIONS.md",
  commands: "pipelines/cli/README.md",
  exits: "pipelines/cli/README.md",
};

/**
 * The page with a table in its place.
 *
 * @throws Error when the marker is missing
 */
export function withTable(page: string, name: string, table: string): string {
  const marked = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!marked.test(page)) throw new Error(`no page has the part <!-- ${name} -->`);
  return page.replace(marked, (_, open: string, close: string) => `${open}${table}\n${close}`);
}

/** Text of each file as it should be, by its path from the root. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [name, table] of Object.entries(generatedTables(createProgram(), parts))) {
    const file = pageOf[name as keyof Tables];
    files.set(file, withTable(files.get(file) ?? readFileSync(join(packageRoot, file), "utf8"), name, table));
  }
  files.set("operators/features/README.md", featureCatalogue(allFeatures, featureSets, aliasesOf));
  files.set("operators/forecasts/README.md", methodCatalogue(forecastingMethods));
  files.set("pipelines/API.md", apiPage());
  files.set("deploy/kafka/acls.json", accessDocument(parts));
  return files;
}
