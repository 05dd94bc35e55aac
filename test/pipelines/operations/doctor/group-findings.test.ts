import assert from "node:assert/strict";
import { test } from "node:test";
import { groupFindings, type Look } from "../../../../pipelines/operations/doctor/groups.js";
import type { InputLag } from "../../../../pipelines/operations/lag.js";
import { partDefaults, type Part } from "../../../../pipelines/stages/part.js";

const part: Part = {
  ...partDefaults,
  kind: "stage",
  name: "scores",
  description: "",
  inputs: ["features"],
  outputs: ["scores"],
};
const at = (partition: number, fields: Partial<InputLag> = {}): InputLag => ({
  topic: "features",
  partition,
  low: 0,
  end: 10,
  committed: 10,
  lag: 0,
  ...fields,
});
const member = (host: string, ...partitions: number[]) => ({
  memberId: `member-of-${host}`,
  clientId: "newstape",
  host,
  assignment: { features: partitions },
});
function look(lags: readonly InputLag[], members = [member("one", 0, 1)], state = "Stable"): Look {
  return { group: { groupId: "newstape.scores", state, members }, lags };
}
const findingsOf = (before: Look, now = before): string[] =>
  groupFindings(part, before, now).map(({ severity, summary }) => `${severity} ${summary}`);

test("a group that has processed all is well, and so is one that does not run and for which nothing waits", () => {
  assert.deepEqual(findingsOf(look([at(0), at(1)])), ["ok scores: 1 member, lag 0"]);
  assert.deepEqual(findingsOf(look([at(0)], [], "Empty")), ["ok scores: not running, lag 0"]);
});

test("records that wait for a stage that does not run, with what came meanwhile", () => {
  const before = look([at(0, { committed: 4, lag: 6 })], [], "Empty");
  const now = look([at(0, { committed: 4, end: 1010, lag: 1006 })], [], "Empty");
  assert.deepEqual(findingsOf(before, now), [
    "warning scores: 1,006 records wait and no process runs the stage; 1,000 came in the meantime",
  ]);
});

test("a place that retention has passed, and one beyond the end of a topic that was made anew", () => {
  assert.deepEqual(findingsOf(look([at(0, { committed: 3, low: 5 }), at(1, { committed: 12 })])), [
    "error scores stands at offset 3 of features/0, but everything below 5 has been deleted",
    "error scores stands at offset 12 of features/1, which ends at 10",
  ]);
});

test("partitions that no member holds, or several", () => {
  assert.deepEqual(findingsOf(look([at(0), at(1), at(2)], [member("one", 0, 1), member("two", 1)])), [
    "error scores: nobody holds features/2",
    "error scores: several members hold features/1",
  ]);
});

test("a partition that does not move while records wait; one that moves is well", () => {
  const waiting = (committed: number) => at(0, { committed, lag: 10 - committed });
  assert.deepEqual(findingsOf(look([waiting(4), at(1)])), ["warning scores: features/0 (6) did not move within 3 s"]);
  assert.deepEqual(findingsOf(look([waiting(4), at(1)]), look([waiting(5), at(1)])), ["ok scores: 1 member, lag 5"]);
  // What has just come has not had its time.
  assert.deepEqual(findingsOf(look([at(0), at(1)]), look([at(0, { end: 12, lag: 2 }), at(1)])), [
    "ok scores: 1 member, lag 2",
  ]);
});

test("a group that stays in a rebalance; one look at it is no evidence", () => {
  const rebalancing = look([at(0), at(1)], [member("one", 0, 1)], "PreparingRebalance");
  assert.deepEqual(findingsOf(rebalancing), ["warning scores: the group has been in PreparingRebalance for seconds"]);
  assert.deepEqual(findingsOf(look([at(0), at(1)]), rebalancing), ["ok scores: 1 member, lag 0"]);
});
