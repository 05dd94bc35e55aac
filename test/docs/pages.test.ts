/** What is generated is fresh, links lead somewhere, and pages keep their size. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { test } from "node:test";
import { generatedFiles, pageOf } from "../../pipelines/cli/documentation/pages.js";
import { packageRoot } from "../../schemas/files.js";
import { anchors, livePages, links, namingPages, pages, readPage, spans } from "./pages.js";

test("what is generated of the documentation is what the code says", () => {
  for (const [file, text] of generatedFiles())
    assert.equal(readFileSync(join(packageRoot, file), "utf8"), text, `${file}: run \`npm run docs\``);
});

test("each table stands in one page", () => {
  for (const [name, file] of Object.entries(pageOf)) {
    const having = pages.filter(({ text }) => text.includes(`<!-- ${name} -->`)).map((page) => page.file);
    assert.deepEqual(having, [file], name);
  }
});

test("the README has at most 10 kB", () => {
  assert.ok(Buffer.byteLength(readPage("README.md").text) <= 10_000);
});

test("every link leads to a file, and to a heading of it", () => {
  const broken = pages.flatMap((page) =>
    links(page).flatMap((target) => {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page.file : posix.join(dirname(page.file), path);
      if (!existsSync(join(packageRoot, file))) return `${page.file}: ${target} does not exist`;
      if (anchor === undefined || anchors(readPage(file)).has(anchor)) return [];
      return `${page.file}: ${file} has no heading #${anchor}`;
    }),
  );
  assert.deepEqual(broken, []);
});

test("every page is linked from another", () => {
  const linked = new Set(
    pages.flatMap((page) => links(page).map((target) => posix.join(dirname(page.file), target.split("#")[0] ?? ""))),
  );
  const lonely = livePages.map(({ file }) => file).filter((file) => file !== "README.md" && !linked.has(file));
  assert.deepEqual(
    lonely.filter((file) => !file.startsWith("test/fixtures/")),
    [],
  );
});

test("every long page has contents", () => {
  const missing = livePages
    .filter(({ text }) => Buffer.byteLength(text) > 6000)
    .flatMap((page) => {
      const linked = links(page);
      const chapters = [...page.text.matchAll(/^## (.+)$/gm)].map(
        ([heading]) => [...anchors({ ...page, text: heading })][0],
      );
      return chapters
        .filter((chapter) => !linked.includes(`#${chapter}`))
        .map((chapter) => `${page.file}: #${chapter}`);
    });
  assert.deepEqual(missing, []);
});

test("every file that a page names exists", () => {
  const path = /^(schemas|operators|models|pipelines|deploy|test)\/[\w./-]+$/;
  const made = /^models\/artifacts\/imported\/|^models\/training\/\.venv/;
  const missing = namingPages.flatMap((page) =>
    spans(page)
      .filter((span) => path.test(span) && !made.test(span))
      .filter(
        (span) => ![packageRoot, join(packageRoot, dirname(page.file))].some((root) => existsSync(join(root, span))),
      )
      .map((span) => `${page.file}: ${span}`),
  );
  assert.deepEqual(missing, []);
});

test("the clients' examples are the files that were run", () => {
  const examples = pages.flatMap(({ text }) => [...text.matchAll(/<!-- example: (\S+) -->\n```\w+\n([\s\S]*?)```/g)]);
  assert.equal(examples.length, 3);
  for (const [, file, text] of examples) assert.equal(readFileSync(join(packageRoot, file ?? ""), "utf8"), text, file);
});

test("no page counts what the table of patches lists", () => {
  const counted = /\b(two|three|four|five|six|seven|eight|nine|ten|\d+) (parts|patches|fast paths|faults)\b/i;
  for (const file of ["README.md", "pipelines/README.md", "pipelines/runtime/kafka/README.md"])
    assert.doesNotMatch(readPage(file).text, counted, `${file}: link to patches.ts instead`);
});
