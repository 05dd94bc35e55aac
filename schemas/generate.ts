/**
 * Writes `schemas/generated/types.ts` from the `.avsc` files: `npm run generate`. CI fails when the result is stale.
 */
import { readdirSync, readFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { schemaDirectory } from "./files.js";

type AvroSchema = string | AvroObject | AvroSchema[];
interface AvroObject {
  type: AvroSchema;
  name?: string;
  doc?: string;
  fields?: { name: string; type: AvroSchema; doc?: string }[];
  symbols?: string[];
  items?: AvroSchema;
  values?: AvroSchema;
}

const primitives: Record<string, string> = {
  null: "null",
  boolean: "boolean",
  int: "number",
  long: "number",
  float: "number",
  double: "number",
  string: "string",
  bytes: "Buffer",
};

/** Declarations by type name, in the order first met; a second definition of a name must be the same. */
export function generateTypes(schemas: readonly AvroSchema[]): string {
  const declarations = new Map<string, string>();

  const declare = (name: string, text: string): string => {
    const known = declarations.get(name);
    if (known !== undefined && known !== text) throw new Error(`${name} is defined twice with different content`);
    declarations.set(name, text);
    return name;
  };
  const comment = (doc: string | undefined, indent = ""): string => (doc ? `${indent}/** ${doc} */\n` : "");

  const typeOf = (schema: AvroSchema): string => {
    if (Array.isArray(schema)) return schema.map(typeOf).join(" | ");
    if (typeof schema === "string") return primitives[schema] ?? schema.replace(/^.*\./, "");
    switch (schema.type) {
      case "record": {
        const fields = (schema.fields ?? []).map(
          (field) => `${comment(field.doc, "  ")}  ${field.name}: ${typeOf(field.type)};\n`,
        );
        return declare(
          schema.name ?? "",
          `${comment(schema.doc)}export interface ${schema.name} {\n${fields.join("")}}\n`,
        );
      }
      case "enum":
        return declare(
          schema.name ?? "",
          `${comment(schema.doc)}export type ${schema.name} = ${(schema.symbols ?? []).map((symbol) => JSON.stringify(symbol)).join(" | ")};\n`,
        );
      case "array": {
        const item = typeOf(schema.items ?? "null");
        return item.includes("|") ? `(${item})[]` : `${item}[]`;
      }
      case "map":
        return `Record<string, ${typeOf(schema.values ?? "null")}>`;
      default:
        return typeOf(schema.type);
    }
  };

  schemas.forEach(typeOf);
  return `// Generated from schemas/*.avsc by "npm run generate". Do not edit.\n\n${[...declarations.values()].join("\n")}`;
}

const files = readdirSync(schemaDirectory)
  .filter((file) => file.endsWith(".avsc"))
  .sort();
const text = generateTypes(
  files.map((file) => JSON.parse(readFileSync(join(schemaDirectory, file), "utf8")) as AvroSchema),
);
mkdirSync(join(schemaDirectory, "generated"), { recursive: true });
writeFileSync(join(schemaDirectory, "generated", "types.ts"), text);
