import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { ModelInputError } from "../../../models/runtime/errors.js";
import { TransientError } from "../../../schemas/transient-error.js";
import { WorkerPool } from "../../../models/runtime/worker-pool.js";
import { FakeWorker, type Behaviour, type FakeRequest, type FakeResult } from "./fake-worker.js";

const echo: Behaviour = (request) => ({ result: request.toUpperCase() });

async function startPool(
  t: TestContext,
  behaviour: Behaviour,
  { size = 2, unfit = [], jobTimeoutMs = 10_000 }: { size?: number; unfit?: number[]; jobTimeoutMs?: number } = {},
): Promise<{ pool: WorkerPool<FakeRequest, FakeResult>; workers: FakeWorker[] }> {
  const workers: FakeWorker[] = [];
  const pool = await WorkerPool.start<FakeRequest, FakeResult>({
    size,
    jobTimeoutMs,
    closeTimeoutMs: 50,
    start: () => {
      const worker = new FakeWorker(workers.length, behaviour, unfit.includes(workers.length) ? "unfit" : "ready");
      workers.push(worker);
      return worker;
    },
  });
  t.after(async () => {
    await pool.close();
    assert.ok(
      workers.every((worker) => !worker.running),
      "a worker was left running",
    );
  });
  return { pool, workers };
}

test("every request is answered with its own result, and all workers take part", async (t) => {
  const { pool, workers } = await startPool(t, echo, { size: 3 });
  const requests = Array.from({ length: 50 }, (_, index) => `request ${index}`);
  const results = await Promise.all(requests.map((request) => pool.run(request)));
  assert.deepEqual(
    results,
    requests.map((request) => request.toUpperCase()),
  );
  assert.ok(workers.every((worker) => worker.done.length >= 10));
});

for (const [manner, fault] of [
  ["dies", "die"],
  ["reports a failed session", { failed: "session broken" }],
] as const) {
  test(`a worker that ${manner} is replaced and its work done by another`, async (t) => {
    const { pool, workers } = await startPool(t, (request, worker) => (worker === 0 ? fault : echo(request, worker)));
    const results = await Promise.all(["a", "b", "c", "d", "e", "f"].map((request) => pool.run(request)));
    assert.deepEqual(results, ["A", "B", "C", "D", "E", "F"]);
    assert.equal(workers[0]?.done.length, 1);
    assert.equal(workers.length, 3);
    assert.equal(pool.readyWorkers, 2);
  });
}

test("a worker that hangs is replaced after the time limit", async (t) => {
  const { pool, workers } = await startPool(t, (request, worker) => (worker === 0 ? "hang" : echo(request, worker)), {
    size: 1,
    jobTimeoutMs: 30,
  });
  assert.equal(await pool.run("a"), "A");
  assert.equal(workers.length, 2);
  assert.equal(workers[0]?.terminated, false, "terminating a thread inside native code would end the process");
});

test("work that breaks two workers is a transient error; what waited behind it is done", async (t) => {
  const { pool, workers } = await startPool(
    t,
    (request, worker) => (request === "bad" ? "die" : echo(request, worker)),
    {
      size: 1,
    },
  );
  const [bad, good] = await Promise.allSettled([pool.run("bad"), pool.run("good")]);
  assert.ok(bad.status === "rejected" && bad.reason instanceof TransientError);
  assert.deepEqual(good, { status: "fulfilled", value: "GOOD" });
  assert.equal(workers.flatMap((worker) => worker.done).filter((request) => request === "bad").length, 2);
});

test("a refused input is its own fault: no retry, and the worker stays", async (t) => {
  const { pool, workers } = await startPool(t, () => ({ refused: "too wide" }));
  await assert.rejects(pool.run("wide"), (error) => error instanceof ModelInputError && /too wide/.test(error.message));
  assert.equal(workers.length, 2);
});

test("a pool whose workers are unfit does not start, and leaves nothing running", async () => {
  const workers: FakeWorker[] = [];
  const start = (): FakeWorker => {
    const worker = new FakeWorker(workers.length, echo, workers.length === 1 ? "unfit" : "ready");
    workers.push(worker);
    return worker;
  };
  await assert.rejects(WorkerPool.start({ size: 2, start }), /unfit/);
  assert.ok(workers.every((worker) => !worker.running));
});

test("when no replacement can be started work is refused at once, and tried afresh with the next call", async (t) => {
  const { pool } = await startPool(t, (request, worker) => (worker === 0 ? "die" : echo(request, worker)), {
    size: 1,
    unfit: [1],
  });
  await assert.rejects(pool.run("a"), TransientError);
  assert.equal(pool.readyWorkers, 0);
  assert.equal(await pool.run("b"), "B");
});

test("closing finishes what the workers are at and refuses what waits", async (t) => {
  const { pool } = await startPool(t, echo, { size: 1 });
  const results = ["a", "b", "c", "d"].map((request) => pool.run(request));
  const settled = Promise.allSettled(results);
  await pool.close();
  assert.deepEqual(
    (await settled).map(({ status }) => status),
    ["fulfilled", "fulfilled", "rejected", "rejected"],
  );
  await assert.rejects(pool.run("late"), TransientError);
});
