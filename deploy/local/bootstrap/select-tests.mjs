/** Started by hand only: they take long or need a quiet machine. */
const byHand = ["dist/test/bench/", "dist/test/chaos/"];

/** Tests that use the shared stack, or start one of their own and would disturb others by it. */
const withStack = ["dist/test/integration/", "dist/test/deploy/", ...byHand];
/** Of those, what ends, freezes or restarts servers, or needs the whole machine. All others keep to names of their own. */
export const alone = [
  "dist/test/deploy/local/",
  "dist/test/integration/chaos.test",
  "dist/test/integration/cluster/",
  "dist/test/integration/outages.test",
  "dist/test/integration/rolling-upgrade.test",
  "dist/test/integration/runner/broker-killed.test",
  // It counts deaths, which are more beside the tests of the whole pipeline.
  "dist/test/integration/runner/crashes.test",
  "dist/test/integration/tls.test",
  ...byHand,
];
/** Tests that need no server, and keep a processor busy: the whole project is compiled or packed anew, the whole slice or a model is run. */
const heavy = [
  "dist/test/docs/extending.test",
  "dist/test/package/",
  "dist/test/pipelines/offline/import-sentiment.test",
  "dist/test/pipelines/offline/sentiment.test",
  "dist/test/pipelines/offline/slice-bytes.test",
];

const isIn = (starts) => (file) => starts.some((start) => file.startsWith(start));
const isHeavy = isIn(heavy);
export const needsStack = isIn(withStack);
export const isUnit = (file) => !needsStack(file) && !isHeavy(file);

/**
 * The parts of a run, one after the other: what needs no server; what waits for servers, and beside it what keeps a processor busy; then
 * one by one what nothing else may run beside.
 */
export function partsOfRun(files) {
  const isAlone = isIn(alone);
  return [
    { files: files.filter(isUnit), sideBySide: 2 },
    { files: files.filter((file) => !isUnit(file) && !isAlone(file)), sideBySide: 3 },
    { files: files.filter(isAlone), sideBySide: 1 },
  ].filter((part) => part.files.length > 0);
}

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
