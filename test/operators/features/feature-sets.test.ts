/** Sets are pinned: what is added to the features changes none of those that are served. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { allFeatures } from "../../../operators/features/all-features.js";
import { aliasesOf, featureSets, featureSetsByName, isPinned } from "../../../operators/features/feature-sets.js";
import type { Feature } from "../../../operators/features/feature.js";
import { pinnedSets } from "../../../operators/features/pinned-sets.js";
import { resolveSets } from "../../../operators/features/resolve-sets.js";
import { readConfig } from "../../../pipelines/config.js";
import { packageRoot } from "../../../schemas/files.js";
import { core, full } from "./events.js";

/** The lists of the first two sets, which recorded topics and models name: they stay for good. */
const forGood = { "core-1": "fs-K_fTwV-P", "full-1": "fs-QnbcBq-1" };

const another: Feature = {
  name: "another",
  group: "level",
  parameters: {},
  version: 1,
  warmUp: 1,
  formula: "1",
  compute: () => 1,
};

test("the sets that records name are there under their ids", () => {
  for (const [name, id] of Object.entries(forGood)) {
    assert.equal(featureSetsByName([name])[0]?.id, id, name);
    assert.equal(featureSetsByName([id])[0]?.name, name, id);
  }
});

test("one more feature, wherever in the list, changes no pinned set and no alias of one", () => {
  for (const place of [0, 50, allFeatures.length]) {
    const { sets, aliases } = resolveSets(allFeatures.toSpliced(place, 0, another), pinnedSets);
    const ids = new Map(sets.map(({ name, id }) => [name, id]));
    for (const { name, id } of pinnedSets) assert.equal(ids.get(name), id);
    assert.deepEqual([aliases.get("core")?.id, aliases.get("full")?.id], [core.id, full.id]);
    const all = sets.find(({ name }) => name === "all");
    assert.ok(all && !isPinned(all) && all.names[place] === "another", "it can be served at once, as part of all");
    assert.equal(all.names.length, allFeatures.length + 1);
  }
});

test("a list of the next number is what the family's name means; the lists before stay", () => {
  const names = [...full.names, "another"];
  const { id } = resolveSets([...full.features, another], []).sets[0] ?? assert.fail();
  const next = { name: "full-2", id, features: names };
  for (const lists of [
    [...pinnedSets, next],
    [next, ...pinnedSets],
  ]) {
    const { sets, aliases } = resolveSets([...allFeatures, another], lists);
    assert.deepEqual(aliases.get("full")?.names, names);
    assert.equal(sets.find(({ name }) => name === "full-1")?.id, full.id);
  }
  const ofFull = pinnedSets.filter(({ name }) => !name.startsWith("robust-"));
  const { sets, aliases } = resolveSets([...full.features, another], [...ofFull, next]);
  assert.equal(aliases.get("all")?.name, "full-2", "a pinned list that has every feature is all");
  assert.ok(!sets.some(({ name }) => name === "all"), "and no set is there twice");
});

test("a feature of a pinned set that is gone or was changed is an error with the set's name", () => {
  const [first, ...rest] = allFeatures;
  assert.ok(first);
  assert.throws(
    () => resolveSets(rest, pinnedSets),
    new RegExp(`core-1 has ${first.name}, and there is no such feature`),
  );
  assert.throws(
    () => resolveSets([{ ...first, version: first.version + 1 }, ...rest], pinnedSets),
    /feature set core-1 is pinned as fs-K_fTwV-P, and its features now make fs-/,
  );
  assert.throws(
    () => resolveSets(allFeatures, [{ name: "mine", id: core.id, features: core.names }]),
    /named like full-1/,
  );
});

test("sets are found by name, alias and id, each once, and the error of an unknown one lists what there is", () => {
  assert.deepEqual(featureSetsByName(["full", core.id]), [full, core]);
  assert.deepEqual(featureSetsByName(["full", "full-1", full.id]), [full], "a second would give the same ids again");
  assert.equal(new Set(featureSets.map(({ id }) => id)).size, featureSets.length);
  assert.ok(aliasesOf(full).includes("full") && aliasesOf(core).includes("core"));
  assert.throws(
    () => featureSetsByName(["ful"]),
    /there is no feature set ful; there are core-1, full-1, .*core, full/,
  );
});

test("the configuration takes names and aliases, and holds the sets by their names", () => {
  const served = (text: string): readonly string[] => readConfig({ NEWSTAPE_FEATURE_SETS: text }).featureSets;
  assert.deepEqual(served("core, full-1"), ["core-1", "full-1"]);
  assert.deepEqual(served("full,full-1"), ["full-1"]);
  assert.deepEqual(readConfig({}).featureSets, served("full"));
  assert.throws(() => served("full,ful"), /NEWSTAPE_FEATURE_SETS: known are core-1, full-1, /);
});

interface Card {
  readonly name: string;
  readonly version: string;
  readonly task: string;
  readonly featureSet?: string;
  readonly featureNames?: readonly string[];
}

const artifacts = join(packageRoot, "models", "artifacts");
const cards = readdirSync(artifacts, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith("model.json"))
  .map((path) => JSON.parse(readFileSync(join(artifacts, path), "utf8")) as Card)
  .filter(({ featureSet }) => featureSet !== undefined);

test("the set of every bundled model is pinned, feature by feature", () => {
  assert.ok(cards.length >= 9);
  for (const { name, version, featureSet, featureNames } of cards) {
    const set = featureSets.find(({ id }) => id === featureSet);
    assert.ok(set && isPinned(set), `${name}@${version} needs ${featureSet}: its list is missing in pinned-sets.ts`);
    assert.deepEqual(featureNames, set.names, `${name}@${version}`);
  }
});

test("what is served by default is what the bundled models that serve by default need", () => {
  const served = new Set(featureSetsByName(readConfig({}).featureSets).map(({ id }) => id));
  const newest = new Map<string, Card>();
  const byVersion = (one: Card, other: Card): number =>
    one.version.localeCompare(other.version, "en", { numeric: true });
  for (const card of cards.toSorted(byVersion)) newest.set(card.task, card);
  for (const { name, version, featureSet } of newest.values()) {
    assert.ok(
      served.has(featureSet ?? ""),
      `${name}@${version} needs ${featureSet}, which NEWSTAPE_FEATURE_SETS does not serve by default: ` +
        "a newer full needs newer models, or a default that names the set",
    );
  }
});
