import assert from "node:assert/strict";
import { test } from "node:test";
import type { Consumer } from "kafkajs";
import { watchSigns } from "../../../pipelines/runtime/kafka/signs-of-life.js";

const events = {
  FETCH_START: "fetch start",
  FETCH: "fetch",
  HEARTBEAT: "heartbeat",
  GROUP_JOIN: "join",
  REBALANCING: "rebalancing",
  CRASH: "crash",
  REQUEST: "request",
};

function fakeConsumer() {
  const listeners = new Map<string, Set<() => void>>();
  const on = (event: string, listener: () => void) => {
    const known = listeners.get(event) ?? new Set();
    listeners.set(event, known.add(listener));
    return () => known.delete(listener);
  };
  return {
    consumer: { on, events } as unknown as Consumer,
    emit: (event: string) => listeners.get(event)?.forEach((listener) => listener()),
    count: () => [...listeners.values()].reduce((sum, { size }) => sum + size, 0),
  };
}

test("a consumer that gives no sign for so many looks is reported once; any sign starts the count anew", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { consumer, emit, count } = fakeConsumer();
  const reported: string[] = [];
  watchSigns(consumer, ({ message }) => void reported.push(message), { everyMs: 1000, looks: 3 });
  for (const event of Object.values(events)) {
    t.mock.timers.tick(2000);
    emit(event);
  }
  // The look that finds the sign, and two without.
  for (let look = 0; look < 3; look += 1) t.mock.timers.tick(1000);
  assert.deepEqual(reported, []);
  t.mock.timers.tick(1000);
  assert.deepEqual(reported, ["the consumer has given no sign of life for 3 s"]);
  t.mock.timers.tick(60_000);
  assert.equal(reported.length, 1);
  assert.equal(count(), 0);
});

test("after the watching has stopped nothing is reported", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { consumer, count } = fakeConsumer();
  const stop = watchSigns(consumer, () => assert.fail("reported"), { everyMs: 1000, looks: 2 });
  stop();
  t.mock.timers.tick(60_000);
  assert.equal(count(), 0);
});
