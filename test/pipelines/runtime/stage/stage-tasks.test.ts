import assert from "node:assert/strict";
import { test } from "node:test";
import { StageTasks, type HeldTask } from "../../../../pipelines/runtime/stage/stage-tasks.js";
import { taskLayout } from "../../../../pipelines/runtime/stage/task-layout.js";

function fakeTasks(mode: "each" | "all" = "each") {
  const asked: string[] = [];
  const finish = new Map<number, () => void>();
  const phases = new Map<number, string>();
  const create = (number: number): HeldTask =>
    ({
      number,
      lag: number * 10,
      get phase() {
        return phases.get(number) ?? "running";
      },
      start: () => void asked.push(`start ${number}`),
      rejoined: () => void asked.push(`rejoined ${number}`),
      close: () => {
        asked.push(`close ${number}`);
        return new Promise<void>((resolve) => finish.set(number, resolve));
      },
    }) as unknown as HeldTask;
  return { tasks: new StageTasks(taskLayout({ partitions: mode }, 4), create), asked, finish, phases };
}

test("a rebalance ends what was taken away, keeps what was kept, and begins what is new", () => {
  const { tasks, asked } = fakeTasks();
  tasks.assign([0, 1]);
  tasks.assign([1, 2]);
  assert.deepEqual(asked, ["start 0", "start 1", "close 0", "rejoined 1", "start 2"]);
  assert.deepEqual([tasks.size, tasks.lag], [2, 30]);
  assert.equal(tasks.taskOf(0), undefined);
  assert.equal(tasks.taskOf(2)?.number, 2);
});

test("one task reads every partition where a stage is one task", () => {
  const { tasks } = fakeTasks("all");
  tasks.assign([0]);
  assert.equal(tasks.taskOf(3)?.number, 0);
});

test("closing waits also for what was given away before", async () => {
  const { tasks, finish } = fakeTasks();
  tasks.assign([0, 1]);
  tasks.assign([1]);
  let isClosed = false;
  const closing = tasks.close().then(() => (isClosed = true));
  finish.get(1)?.();
  await new Promise(setImmediate);
  assert.equal(isClosed, false);
  finish.get(0)?.();
  await closing;
});

test("drained and taken over are what all tasks are; so is a member that holds none", () => {
  const { tasks, phases } = fakeTasks();
  assert.deepEqual([tasks.areDrained, tasks.areTakenOver], [true, true]);
  tasks.assign([0, 1]);
  phases.set(0, "drained").set(1, "taking over");
  assert.deepEqual([tasks.areDrained, tasks.areTakenOver], [false, false]);
  phases.set(1, "drained");
  assert.deepEqual([tasks.areDrained, tasks.areTakenOver], [true, true]);
});
