import assert from "node:assert/strict";
import { test } from "node:test";
import { accessRules, describeRule, roles } from "../../../../pipelines/operations/topics/access.js";
import { desiredTopics } from "../../../../pipelines/operations/topics/plan.js";
import { readConfig } from "../../../../pipelines/config.js";
import { partDefaults, type Part } from "../../../../pipelines/stages/part.js";

const idle = async () => ({ done: Promise.resolve(), ready: () => true, lag: () => 0, stop: () => Promise.resolve() });

/** A part as one may be added: it reads the registry whole, keeps a place in one topic, and writes another. */
const explainer: Part = {
  ...partDefaults,
  kind: "service",
  name: "explainer",
  description: "Explains.",
  inputs: ["scores"],
  readsWhole: ["models.registry"],
  outputs: ["signals"],
  hasRejects: true,
  start: idle,
};

test("a part may do what it declares, and no more", () => {
  const [role] = roles("x.", [explainer]).filter(({ name }) => name === "explainer");
  assert.ok(role);
  assert.deepEqual(
    accessRules([role], "User:u").map((rule) => describeRule(rule).replace("User:u may ", "")),
    [
      "READ topic x.scores",
      "READ topic x.models.registry",
      "WRITE topic x.signals",
      "WRITE topic x.explainer.rejected",
      "READ group x.newstape.explainer",
      "READ group x.newstape.reader.*",
      "DELETE group x.newstape.reader.*",
      "DESCRIBE group x.newstape.operations",
      "DESCRIBE topic x.news.raw",
    ],
  );
});

test("what only brings records in may write them", () => {
  const source: Part = { ...partDefaults, kind: "source", name: "feed", description: "Feeds.", outputs: ["news.raw"] };
  const [role] = roles("", [source]);
  assert.deepEqual(role?.rights, [
    { resource: "TOPIC", pattern: "LITERAL", names: ["news.raw"], operations: ["WRITE"] },
  ]);
});

test("the topics of a part follow from its entry, and operations may do everything with them", () => {
  const config = readConfig({ NEWSTAPE_TOPIC_PREFIX: "x." });
  const own = (list: readonly Part[]): string[] => {
    const catalogue = desiredTopics(config, []).map(({ name }) => name);
    return desiredTopics(config, list).flatMap(({ name }) => (catalogue.includes(name) ? [] : [name]));
  };
  assert.deepEqual(own([explainer]), ["x.explainer.rejected"]);
  assert.deepEqual(own([{ ...explainer, hasRejects: false, stateSchema: "market.state.avsc" }]), ["x.explainer.state"]);
  const operations = roles("x.", [explainer]).find(({ name }) => name === "operations");
  assert.ok(operations?.rights[0]?.names.includes("x.explainer.rejected"));
});

test("one partition for what is read whole, the configured number for the others", () => {
  const partitions = new Map(
    desiredTopics(readConfig({ NEWSTAPE_PARTITIONS: "5" }), []).map((topic) => [topic.name, topic.partitions]),
  );
  assert.equal(partitions.get("models.registry"), 1);
  assert.equal(partitions.get("signals"), 5);
});
