import assert from "node:assert/strict";
import { test } from "node:test";
import { applyPlan } from "../../../../pipelines/operations/topics/apply.js";
import { describeChange, planTopics, type Change } from "../../../../pipelines/operations/topics/plan.js";
import { subjectOf } from "../../../../pipelines/runtime/codec.js";
import { stages } from "../../../../pipelines/stages/index.js";
import { fakeSurroundings } from "../../../helpers/fake-surroundings.js";

function planned(change: (fake: ReturnType<typeof fakeSurroundings>) => void, environment: NodeJS.ProcessEnv = {}) {
  const fake = fakeSurroundings(environment);
  change(fake);
  const { admin, subjects } = fake.surroundings;
  return planTopics(fake.desired, admin, subjects);
}
const kinds = (changes: readonly Change[]): string[] => changes.map(({ kind, topic }) => `${kind} ${topic.name}`);

test("what is needed: the registry in one partition, a state for each task, rejects of every stage and of the landing", () => {
  const { desired } = fakeSurroundings({ NEWSTAPE_PARTITIONS: "5", NEWSTAPE_TOPIC_PREFIX: "a." });
  const partitions = new Map(desired.map((topic) => [topic.name, topic.partitions]));
  assert.equal(partitions.get("a.models.registry"), 1);
  assert.equal(partitions.get("a.features"), 5);
  for (const stage of stages) {
    const state = partitions.get(`a.newstape.${stage.name}.state`) ?? partitions.get(`a.${stage.name}.state`);
    assert.equal(state, stage.stateSchema ? (stage.partitions === "all" ? 1 : 5) : undefined, stage.name);
  }
  const rejected = [...partitions.keys()].filter((name) => name.endsWith(".rejected"));
  assert.equal(rejected.length, stages.length + 1);
});

test("nothing is to be done where all is as it should be", async () => {
  assert.deepEqual(await planned(() => undefined), []);
});

test("a topic that is missing is made, and its schema is registered under the catalogue's rule", async () => {
  const changes = await planned(({ cluster }) => {
    cluster.topics.delete("features");
    cluster.subjects.delete(subjectOf("features"));
  });
  assert.deepEqual(kinds(changes), ["create topic features", "register schema features", "set compatibility features"]);
  assert.match(describeChange(changes[0] as Change), /^\+ topic features: \d+ partitions, 1 replica, .*cleanup/);
});

test("other settings are changed, and reported with what they were", async () => {
  const [change, ...others] = await planned(({ cluster }) => {
    const topic = cluster.topics.get("features");
    if (topic) cluster.topics.set("features", { ...topic, config: { ...topic.config, "retention.ms": "5" } });
  });
  assert.deepEqual(others, []);
  assert.match(describeChange(change as Change), /^~ topic features: retention.ms 5 → \d+$/);
});

test("another number of partitions is a conflict, and then nothing at all is applied", async () => {
  const { cluster, surroundings, desired } = fakeSurroundings();
  const topic = cluster.topics.get("features");
  assert.ok(topic);
  cluster.topics.set("features", { ...topic, partitions: topic.partitions + 1 });
  cluster.topics.delete("signals");
  const asked: string[] = [];
  const admin = {
    ...surroundings.admin,
    createTopics: async () => void asked.push("create"),
  } as unknown as typeof surroundings.admin;
  const changes = await planTopics(desired, admin, surroundings.subjects);
  assert.deepEqual(kinds(changes), ["conflict features", "create topic signals"]);
  await assert.rejects(
    applyPlan(changes, admin, surroundings.subjects),
    /features: has \d+ partitions, \d+ are wanted/,
  );
  assert.deepEqual(asked, []);
});

test("a plan makes all missing topics in one request, then changes one thing after the other", async () => {
  const { cluster, surroundings, desired } = fakeSurroundings();
  for (const name of ["features", "signals"]) cluster.topics.delete(name);
  cluster.subjects.set(subjectOf("scores"), { text: "another", rule: "NONE" });
  const asked: string[] = [];
  const admin = {
    ...surroundings.admin,
    createTopics: async (topics: { name: string }[]) =>
      void asked.push(`create ${topics.map(({ name }) => name).join(",")}`),
  } as unknown as typeof surroundings.admin;
  const subjects = {
    ...surroundings.subjects,
    register: async (subject: string) => void asked.push(`register ${subject}`),
    setCompatibility: async (subject: string, rule: string) => void asked.push(`${subject} ${rule}`),
  } as unknown as typeof surroundings.subjects;
  await applyPlan(await planTopics(desired, admin, subjects), admin, subjects);
  assert.deepEqual(asked, [
    "create features,signals",
    `register ${subjectOf("scores")}`,
    `${subjectOf("scores")} ${desired.find(({ name }) => name === "scores")?.schema?.compatibility}`,
  ]);
});
