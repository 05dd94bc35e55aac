/** Every page of the documentation, and what the tests read out of it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../schemas/files.js";

export interface Page {
  /** Path from the root. */
  readonly file: string;
  readonly text: string;
}

const ignored = /^(node_modules|dist.*|\.newstape|\.git|\.venv.*)$/;

function pagesBelow(folder: string): string[] {
  return readdirSync(join(packageRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ignored.test(entry.name) ? [] : pagesBelow(file);
    return entry.name.endsWith(".md") ? [file] : [];
  });
}

export const readPage = (file: string): Page => ({ file, text: readFileSync(join(packageRoot, file), "utf8") });

/** Every page in the tree. */
export const pages: readonly Page[] = pagesBelow("").map(readPage);

/** All but the changelog, which names what there was. */
export const livePages = pages.filter(({ file }) => file !== "CHANGELOG.md");

/** Those that name only what there is: the recipes add what is not there yet, and their own test applies them. */
export const namingPages = livePages.filter(({ file }) => file !== "pipelines/EXTENDING.md");

const fence = /^```[^\n]*\n([\s\S]*?)^```/gm;

/** Lines of the code blocks. */
export const blockLines = ({ text }: Page): string[] =>
  [...text.matchAll(fence)].flatMap(([, block = ""]) => block.split("\n"));

/** The code spans of the text around the blocks. */
export const spans = ({ text }: Page): string[] =>
  [...text.replaceAll(fence, "").matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);

/** Whatever is code: lines of blocks, and spans. */
export const code = (page: Page): string[] => [...blockLines(page), ...spans(page)];

/** Targets of the links, but those to other servers. */
export const links = ({ text }: Page): string[] =>
  [...text.replaceAll(fence, "").matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, target = ""]) => target);

/** Anchors of the headings, as GitHub makes them. */
export function anchors({ text }: Page): Set<string> {
  const seen = new Map<string, number>();
  const headings = [...text.replaceAll(fence, "").matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => {
    const anchor = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
  return new Set(headings);
}
