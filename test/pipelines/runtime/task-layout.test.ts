import assert from "node:assert/strict";
import { test } from "node:test";
import { desiredTopics } from "../../../pipelines/operations/topics/plan.js";
import { readConfig } from "../../../pipelines/config.js";
import { taskLayout } from "../../../pipelines/runtime/stage/task-layout.js";
import { parts } from "../../../pipelines/stages/parts.js";

test("partition p of every input is task p, unless one task reads all", () => {
  const each = taskLayout({ partitions: "each" }, 3);
  assert.deepEqual([each.tasks, each.inputsOf(2), each.taskOf(2)], [3, [2], 2]);
  assert.deepEqual(taskLayout({}, 3).inputsOf(1), [1], "the default");
  const all = taskLayout({ partitions: "all" }, 3);
  assert.deepEqual([all.tasks, all.inputsOf(0), all.taskOf(2)], [1, [0, 1, 2], 0]);
});

test("a changelog has a partition for each task, every other topic of a stage as many as configured", () => {
  const config = readConfig({
    NEWSTAPE_PARTITIONS: "5",
    KAFKA_BROKERS: "127.0.0.1:1",
    SCHEMA_REGISTRY_URL: "http://127.0.0.1:1",
    DATABASE_URL: "postgresql://127.0.0.1:1/none",
  });
  const partitions = new Map(desiredTopics(config, parts).map((topic) => [topic.name, topic.partitions]));
  assert.equal(partitions.get("market.state"), 1);
  for (const name of ["market.context", "market.rejected", "features.state", "market.bars"])
    assert.equal(partitions.get(name), 5, name);
});
