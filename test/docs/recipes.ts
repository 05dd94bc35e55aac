/** The recipes of pipelines/EXTENDING.md: what each creates and edits, and how that is applied to a copy of the sources. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Change {
  /** The chapter, and the section of it where there is one. */
  readonly recipe: string;
  readonly kind: "create" | "edit";
  /** Relative to the root of the sources. */
  readonly path: string;
  /** The whole file, or lines that stay (" "), go ("-") and come ("+"), in parts separated by "@@". */
  readonly text: string;
}

/** In the order of the page. */
export function readRecipes(page: string): Change[] {
  const changes: Change[] = [];
  const found = /^#{2,3} (.+)$|^<!-- (create|edit): (\S+) -->\n```\w+\n([\s\S]*?)^```$/gm;
  let recipe = "";
  for (const [, heading, kind, path, text] of page.matchAll(found)) {
    if (heading !== undefined) recipe = heading;
    else if (kind === "create" || kind === "edit") changes.push({ recipe, kind, path: path ?? "", text: text ?? "" });
  }
  return changes;
}

/** Files that a recipe has one write or change by hand; tests, with their oracles and cases, are not counted. */
export const filesByHand = (changes: readonly Change[]): string[] =>
  [...new Set(changes.map(({ path }) => path))].filter((path) => !path.startsWith("test/"));

export function apply({ kind, path, text }: Change, directory: string): void {
  const file = join(directory, path);
  if (kind === "create") {
    assert.ok(
      !existsSync(file),
      `${path} is there already: a recipe that was applied to this tree has to be taken out of it, or kept under other names`,
    );
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } else {
    const parts = text.replace(/\n$/, "").split(/\n@@\n/);
    writeFileSync(
      file,
      parts.reduce((content, part) => edited(content, part, path), readFileSync(file, "utf8")),
    );
  }
}

/** @throws AssertionError where the lines that stay and go are not there, together and once */
function edited(content: string, part: string, path: string): string {
  const lines = part.split("\n");
  const having = (sign: "-" | "+"): string =>
    lines
      .filter((line) => line === "" || line.startsWith(" ") || line.startsWith(sign))
      .map((line) => `${line.slice(1)}\n`)
      .join("");
  const before = `\n${having("-")}`;
  assert.equal(`\n${content}`.split(before).length, 2, `${path} has once:${before}`);
  return `\n${content}`.replace(before, () => `\n${having("+")}`).slice(1);
}
