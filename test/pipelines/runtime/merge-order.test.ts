/** What the log shows of a task's order, and what is logged where it does not: nothing may be lost between the two. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MergeOrder, parseOrder } from "../../../pipelines/runtime/stage/merge-order.js";

interface Taken {
  readonly queue: number;
  readonly availableAt: number;
}

/** The merge's own order of what each queue held. */
function merged(queues: readonly (readonly Taken[])[]): Taken[] {
  const heads = queues.map(() => 0);
  const order: Taken[] = [];
  for (;;) {
    let best: Taken | undefined;
    queues.forEach((queue, index) => {
      const head = queue[heads[index] ?? 0];
      if (head && (!best || head.availableAt < best.availableAt)) best = head;
    });
    if (!best) return order;
    heads[best.queue] = (heads[best.queue] ?? 0) + 1;
    order.push(best);
  }
}

const byQueue = (taken: readonly Taken[], count: number): Taken[][] =>
  Array.from({ length: count }, (_, queue) => taken.filter((entry) => entry.queue === queue));

/** What a reader makes of the log (each queue's content) and of the header. */
function reconstructed(taken: readonly Taken[], count: number, header: string | undefined): Taken[] {
  const trigger = taken.at(-1);
  assert.ok(trigger);
  if (header === undefined) return [...merged(byQueue(taken.slice(0, -1), count)), trigger];
  const { runs, from } = parseOrder(header);
  const queues = byQueue(taken, count);
  const before = from ? merged(queues.map((queue, index) => queue.splice(0, from[index]))) : [];
  return [...before, ...runs.flatMap(({ queue, count: length }) => queues[queue]?.splice(0, length) ?? [])];
}

const count = 3;
const entries = fc.array(fc.record({ queue: fc.nat({ max: count - 1 }), availableAt: fc.nat({ max: 6 }) }), {
  minLength: 1,
  maxLength: 12,
});

test("from the log and the header every order follows, whether it was the merge's own or not", () => {
  fc.assert(
    fc.property(entries, (taken) => {
      const order = new MergeOrder(count, []);
      for (const { queue, availableAt } of taken) order.take(queue, availableAt);
      assert.deepEqual(reconstructed(taken, count, order.emitted()), taken);
    }),
    { numRuns: 5000 },
  );
});

test("a restart in between loses nothing of it", () => {
  fc.assert(
    fc.property(entries, fc.nat(), (taken, at) => {
      const cut = at % taken.length;
      const before = new MergeOrder(count, []);
      for (const { queue, availableAt } of taken.slice(0, cut)) before.take(queue, availableAt);
      const positions = byQueue(taken.slice(0, cut), count).map(({ length }) => length);
      const after = new MergeOrder(count, positions, before.carried());
      for (const { queue, availableAt } of taken.slice(cut)) after.take(queue, availableAt);
      assert.deepEqual(reconstructed(taken, count, after.emitted()), taken);
    }),
    { numRuns: 5000 },
  );
});

test("the merge's own order takes no header, and one input never does", () => {
  fc.assert(
    fc.property(entries, (taken) => {
      const own = merged(
        byQueue(taken, count).map((queue) => queue.sort((one, other) => one.availableAt - other.availableAt)),
      );
      const order = new MergeOrder(count, []);
      for (const { queue, availableAt } of own) order.take(queue, availableAt);
      assert.equal(order.emitted(), undefined);
      const single = new MergeOrder(1, []);
      for (const { availableAt } of taken) single.take(0, availableAt);
      assert.equal(single.carried(), undefined);
      assert.equal(single.emitted(), undefined);
    }),
  );
});

test("an order too long to be logged is marked as unknown, not left out", () => {
  const order = new MergeOrder(2, []);
  for (let index = 0; index < 10_000; index += 1) order.take(index % 2, -index);
  assert.equal(order.carried(), "?");
  const header = order.emitted();
  assert.equal(header, "?");
  assert.deepEqual(parseOrder(header), { from: undefined, runs: [], isLost: true });
});
