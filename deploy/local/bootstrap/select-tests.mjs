/** Started by hand only: they take long or need a quiet machine. */
const byHand = ["dist/test/bench/", "dist/test/chaos/"];

/** Tests that use the shared stack, or start one of their own and would disturb others by it. */
const withStack = ["dist/test/integration/", "dist/test/deploy/", ...byHand];
/** Tests that compile or pack the whole project anew. */
const building = ["dist/test/docs/extending.test", "dist/test/package/"];
export const isUnit = (file) => ![...withStack, ...building].some((start) => file.startsWith(start));

export const needsStack = (file) => withStack.some((folder) => file.startsWith(folder));

/**
 * The compiled test files that the user's patterns name: a source file, a folder, or any part of a path, with `*` for anything. Without a
 * pattern all but those to be started by hand.
 */
export function selectTests(files, patterns) {
  const tests = files.filter((file) => file.endsWith(".test.js"));
  if (patterns.length === 0) return tests.filter((file) => !byHand.some((folder) => file.startsWith(folder)));
  const matchers = patterns.map((pattern) => {
    const compiled = pattern.replace(/^\.\//, "").replace(/\.ts$/, ".js");
    return new RegExp(
      compiled
        .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
        .replaceAll("**/", "*")
        .replaceAll("*", ".*"),
    );
  });
  return tests.filter((file) => matchers.some((matcher) => matcher.test(file)));
}
