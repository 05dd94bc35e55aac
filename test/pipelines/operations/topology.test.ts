import assert from "node:assert/strict";
import { test } from "node:test";
import { withDownstream } from "../../../pipelines/operations/topology.js";
import { consumersOf, keepersOf, partDefaults, rejectersOf, type Part } from "../../../pipelines/stages/part.js";
import { parts } from "../../../pipelines/stages/parts.js";
import type { TopicName } from "../../../schemas/topics.js";

const namesOf = (list: readonly Part[]): string[] => list.map(({ name }) => name);
const part = (kind: Part["kind"], name: string, inputs: TopicName[], outputs: TopicName[] = []): Part => ({
  ...partDefaults,
  kind,
  name,
  description: name,
  inputs,
  outputs,
});

test("what follows from a stage is every stage that reads what it writes, directly or not", () => {
  const made = [
    part("source", "source", [], ["news.raw", "market.bars"]),
    part("stage", "first", ["news.raw"], ["news.sentiment"]),
    part("stage", "beside", ["market.bars"], ["market.context"]),
    part("stage", "last", ["news.sentiment"], ["features"]),
    part("sink", "keeper", ["news.sentiment", "features"]),
    part("service", "service", [], ["models.registry"]),
  ];
  assert.deepEqual(namesOf(withDownstream(made, "first")), ["first", "last"]);
  assert.deepEqual(namesOf(withDownstream(made, "keeper")), ["keeper"]);
  assert.deepEqual(namesOf(consumersOf(made)), ["first", "beside", "last", "keeper"]);
  assert.deepEqual(namesOf(keepersOf(made)), ["keeper"]);
  for (const name of ["service", "source", "nobody"])
    assert.throws(() => withDownstream(made, name), /There is no stage/, `${name} has no place in any input`);
});

test("in the pipeline", () => {
  const after = namesOf(withDownstream(parts, "features"));
  for (const name of ["features", "scores", "forecasts"]) assert.ok(after.includes(name), name);
  for (const name of ["sentiment", "market", "landing", "registry"]) assert.ok(!after.includes(name), name);
  assert.deepEqual(rejectersOf(parts), namesOf(consumersOf(parts)), "whoever reads may refuse");
});
