import assert from "node:assert/strict";
import { test } from "node:test";
import { refuseMembers } from "../../../pipelines/operations/idle.js";
import { planReset } from "../../../pipelines/operations/reset.js";
import { findUnfinished, refuseUnfinished } from "../../../pipelines/operations/unfinished.js";
import { stages } from "../../../pipelines/stages/index.js";
import { partsOf } from "../../../pipelines/stages/parts.js";
import { fakeSurroundings } from "../../helpers/fake-surroundings.js";
import { stored } from "../../helpers/memory-log.js";

/** A pipeline whose last stage is forecasts, whatever is added after it. */
function upToForecasts() {
  const { cluster, surroundings } = fakeSurroundings();
  const last = stages.findIndex(({ name }) => name === "forecasts");
  return { cluster, surroundings: Object.assign(surroundings, { parts: partsOf(stages.slice(0, last + 1)) }) };
}

test("a reset begins the stage and all that follows from it anew, and nothing before it", async () => {
  const { cluster, surroundings } = upToForecasts();
  const { names } = surroundings;
  const changelog = names.changelog("forecasts");
  cluster.records = [
    stored({ topic: "forecasts", partition: 0, offset: 0 }),
    stored({ topic: "forecasts", partition: 1, offset: 4 }),
    stored({ topic: "market.bars", partition: 0, offset: 0 }),
    // Two keys, one of them written twice, and one that was deleted.
    stored({ topic: changelog, partition: 0, offset: 0 }, { key: "AAPL" }),
    stored({ topic: changelog, partition: 0, offset: 1 }, { key: "AAPL" }),
    stored({ topic: changelog, partition: 1, offset: 0 }, { key: "XOM" }),
    stored({ topic: changelog, partition: 1, offset: 1 }, { key: "BAC" }),
    stored({ topic: changelog, partition: 1, offset: 2 }, { key: "BAC", value: null }),
  ];
  const plan = await planReset(surroundings, "forecasts");
  assert.deepEqual(plan.stages, ["forecasts"]);
  assert.deepEqual(plan.groups, [names.group("forecasts")]);
  assert.deepEqual(plan.changelogs, [{ topic: changelog, keys: 2 }]);
  assert.deepEqual(plan.topics, [
    { topic: "forecasts", offsets: 6 },
    { topic: "signals", offsets: 0 },
    { topic: names.rejected("forecasts"), offsets: 0 },
  ]);
  assert.deepEqual(plan.moved, [{ part: "landing", topics: ["forecasts", "signals"] }]);

  const scores = await planReset(surroundings, "scores");
  assert.deepEqual(scores.stages, ["scores", "forecasts"]);
  assert.ok(scores.topics.every(({ topic }) => topic !== "features" && topic !== "market.bars"));
});

test("what does not exist is not reset, and the landing's reset empties no topic", async () => {
  const { cluster, surroundings } = upToForecasts();
  cluster.topics.delete("signals");
  const plan = await planReset(surroundings, "forecasts");
  assert.deepEqual(plan.moved, [{ part: "landing", topics: ["forecasts"] }]);
  const landing = await planReset(surroundings, "landing");
  assert.deepEqual([landing.stages, landing.moved], [["landing"], []]);
  assert.deepEqual(landing.topics, [{ topic: surroundings.names.rejected("landing"), offsets: 0 }]);
  await assert.rejects(planReset(surroundings, "no-such"), /There is no stage no-such/);
});

test("an operation is refused while processes run, with which, and where", async () => {
  const { cluster, surroundings } = fakeSurroundings();
  const { names, operations } = surroundings;
  await refuseMembers(operations, names, ["scores", "landing"], "It");
  cluster.members.set(names.group("scores"), ["/10.0.0.1", "/10.0.0.1", "/10.0.0.2"]);
  await assert.rejects(
    refuseMembers(operations, names, ["scores", "landing"], "It"),
    /It needs the stages to be stopped, but these run: scores in 3 processes \(\/10.0.0.1, \/10.0.0.2\)/,
  );
});

test("what was interrupted is found, and refuses others", async () => {
  const { cluster, surroundings } = fakeSurroundings();
  const { names } = surroundings;
  assert.equal(await findUnfinished(surroundings), undefined);
  const note = { command: "reset features", startedAt: "2015-01-01T00:00:00Z" };
  const place = { topic: "news.raw", partition: 0, offset: 0 };
  cluster.committed.set(names.group("operations"), [{ ...place, metadata: JSON.stringify(note) }]);
  assert.deepEqual(await findUnfinished(surroundings), note);
  await assert.rejects(refuseUnfinished(surroundings), /`newstape reset features`, begun at 2015/);
  // Without topics there is nothing half done, and no group to look up.
  cluster.topics.delete("news.raw");
  assert.equal(await findUnfinished(surroundings), undefined);
});
