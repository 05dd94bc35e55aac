import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "../../../deploy/local/lock.js";
import { startTimeOf } from "../../../deploy/local/processes.js";
import { temporaryDirectory } from "../../helpers/temporary-directory.js";

const lockFile = async (context: TestContext): Promise<string> => join(await temporaryDirectory(context), "stack.lock");
const silent = { onWait: () => undefined };

test("holders of the lock come one after the other", async (context) => {
  const file = await lockFile(context);
  let holding = 0;
  let most = 0;
  const waits: number[] = [];
  const holders = Array.from({ length: 8 }, () =>
    withLock(file, { onWait: (pid) => waits.push(pid) }, async () => {
      most = Math.max(most, ++holding);
      await sleep(5);
      holding--;
    }),
  );
  await Promise.all(holders);
  assert.equal(most, 1);
  assert.ok(waits.every((pid) => pid === process.pid));
  await assert.rejects(access(file), "the lock is gone at the end");
});

test("a lock whose holder is dead is taken over, whether or not its pid is in use again", async (context) => {
  const file = await lockFile(context);
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  for (const holder of [`${child.pid ?? 0} 12345`, `${process.pid} 1`, "", "nonsense"]) {
    await writeFile(file, holder);
    assert.equal(await withLock(file, silent, async () => "taken"), "taken", JSON.stringify(holder));
  }
});

test("a living holder is waited for, and named when it takes too long", async (context) => {
  const file = await lockFile(context);
  await writeFile(file, `${process.pid} ${(await startTimeOf(process.pid)) ?? ""}`);
  const waiting = withLock(file, { ...silent, timeoutMs: 150 }, async () => undefined);
  await assert.rejects(waiting, { code: "LOCKED", message: new RegExp(`Process ${process.pid} has held`) });
});

test("an action that fails gives the lock back", async (context) => {
  const file = await lockFile(context);
  await assert.rejects(
    withLock(file, silent, async () => Promise.reject(new Error("no"))),
    /no/,
  );
  await withLock(file, silent, async () => undefined);
});
