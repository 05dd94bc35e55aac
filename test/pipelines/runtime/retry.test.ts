import assert from "node:assert/strict";
import { test } from "node:test";
import { pause } from "../../../pipelines/runtime/pause.js";
import { retrying, waitBefore } from "../../../pipelines/runtime/retry.js";

const backoff = { firstMs: 1, mostMs: 2 };

test("pauses double up to the longest", () => {
  const waits = [1, 2, 3, 4, 100].map((retry) => waitBefore(retry, { firstMs: 100, mostMs: 500 }));
  assert.deepEqual(waits, [100, 200, 400, 500, 500]);
});

test("a passing error is tried again, counted from one; another ends it", async () => {
  const reported: number[] = [];
  let tries = 0;
  const attempt = async (): Promise<string> => {
    tries += 1;
    if (tries < 3) throw new Error(`passing ${tries}`);
    return "done";
  };
  const isPassing = (_: unknown, failures: number): boolean => reported.push(failures) > 0;
  assert.equal(await retrying(attempt, { backoff, isPassing }), "done");
  assert.deepEqual(reported, [1, 2]);
  tries = 0;
  await assert.rejects(retrying(attempt, { backoff, isPassing: () => false }), /passing 1/);
});

test("an abort ends the wait and the tries", async () => {
  const stopping = new AbortController();
  let tries = 0;
  const failing = retrying(
    async () => {
      tries += 1;
      throw new Error("away");
    },
    {
      backoff: { firstMs: 1e9, mostMs: 1e9 },
      signal: stopping.signal,
      isPassing: () => {
        setImmediate(() => stopping.abort());
        return true;
      },
    },
  );
  await assert.rejects(failing, /away/);
  assert.equal(tries, 1);
  await pause(1e9, stopping.signal);
});
