import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startResilientSentiment, type PassedOver } from "../../../models/runtime/resilient-sentiment.js";
import { TransientError } from "../../../schemas/transient-error.js";
import { FakeSentiment, readingOf } from "./fake-sentiment.js";

const content = "the model's bytes";
const sha256 = createHash("sha256").update(content).digest("hex");

async function start(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), "newstape-model-"));
  const file = join(directory, "model.onnx");
  writeFileSync(file, content);
  const loaded: FakeSentiment[] = [];
  const events: string[] = [];
  const passedOver: [number, PassedOver][] = [];
  const control = { loadFault: undefined as Error | undefined };
  const open = () =>
    startResilientSentiment({
      model: { name: "fake", version: "1.0.0", sha256 },
      directory,
      load: async () => {
        if (control.loadFault) throw control.loadFault;
        const fake = new FakeSentiment(sha256);
        loaded.push(fake);
        return fake;
      },
      pauseMs: 10,
      onOpen: (reason) => events.push(`open: ${reason}`),
      onClose: () => events.push("close"),
      onPassedOver: (texts, why) => passedOver.push([texts, why]),
    });
  t.after(() => rmSync(directory, { recursive: true }));
  return { file, loaded, events, passedOver, control, open };
}

async function healed(model: { readonly isOpen: boolean }): Promise<void> {
  for (let waited = 0; model.isOpen; waited += 5) {
    assert.ok(waited < 10_000, "the circuit closes again");
    await sleep(5);
  }
}

test("a transformer that works is used as it is", async (t) => {
  const { open, events, passedOver } = await start(t);
  const model = await open();
  t.after(() => model.close());
  assert.deepEqual(await model.classify(["a", "bb"]), [readingOf("a"), readingOf("bb")]);
  assert.deepEqual([model.blendWeight, model.isOpen, events, passedOver], [0.9, false, [], []]);
});

test("one that fails is left to VADER in the same call, and is back when it can be loaded again", async (t) => {
  const { open, loaded, events, passedOver, control } = await start(t);
  const model = await open();
  t.after(() => model.close());
  const [first] = loaded;
  assert.ok(first);
  first.fault = new TransientError("no worker could do it");
  control.loadFault = new Error("not yet");
  assert.deepEqual(await model.classify(["a", "b"]), [null, null]);
  assert.deepEqual([model.isOpen, passedOver], [true, [[2, "unavailable"]]]);
  assert.deepEqual(await model.classify(["c"]), [null], "while it is open nothing is asked");
  assert.equal(first.asked.length, 1);
  assert.ok(first.isClosed, "its workers are ended");
  await sleep(60);
  assert.ok(model.isOpen);
  control.loadFault = undefined;
  await healed(model);
  assert.deepEqual(await model.classify(["c"]), [readingOf("c")]);
  assert.equal(events.length, 2, "one event that it opened, however often it was tried");
  assert.match(events[0] ?? "", /^open: .*no worker could do it/);
  assert.equal(events[1], "close");
});

test("the file taken away opens the circuit at the next batch; returned, it closes", async (t) => {
  const { open, file, events, control } = await start(t);
  const model = await open();
  t.after(() => model.close());
  await model.classify(["a"]);
  control.loadFault = new Error("gone");
  renameSync(file, `${file}.away`);
  assert.deepEqual(await model.classify(["a"]), [null]);
  renameSync(`${file}.away`, file);
  control.loadFault = undefined;
  await healed(model);
  assert.deepEqual(await model.classify(["a"]), [readingOf("a")]);
  assert.match(events[0] ?? "", /model\.onnx/);
});

test("a file with other bytes is not trusted; one that was only touched is", async (t) => {
  const { open, file, control, loaded } = await start(t);
  const model = await open();
  t.after(() => model.close());
  utimesSync(file, new Date(), new Date(0));
  assert.deepEqual(await model.classify(["a"]), [readingOf("a")]);
  assert.equal(loaded.length, 1);
  control.loadFault = new Error("another file");
  writeFileSync(file, "something else");
  assert.deepEqual(await model.classify(["a"]), [null]);
});

test("a text that cannot be read is left to VADER alone, its batch mates are read", async (t) => {
  const { open, passedOver } = await start(t);
  const model = await open();
  t.after(() => model.close());
  const texts = ["a", "unreadable 1", "bb", "ccc", "unreadable 2"];
  assert.deepEqual(
    await model.classify(texts),
    texts.map((text) => (text.startsWith("unreadable") ? null : readingOf(text))),
  );
  assert.deepEqual(
    [model.isOpen, passedOver],
    [
      false,
      [
        [1, "unreadable"],
        [1, "unreadable"],
      ],
    ],
  );
});

test("a missing model does not keep anything from starting", async (t) => {
  const { open, control } = await start(t);
  control.loadFault = new Error("ENOENT");
  const model = await open();
  t.after(() => model.close());
  assert.deepEqual([model.isOpen, await model.classify(["a"])], [true, [null]]);
  control.loadFault = undefined;
  await healed(model);
  assert.deepEqual(await model.classify(["a"]), [readingOf("a")]);
});

test("several batches that fail at once open it once; closed for good it asks to be tried elsewhere", async (t) => {
  const { open, loaded, events } = await start(t);
  const model = await open();
  const [first] = loaded;
  assert.ok(first);
  first.fault = new Error("broken");
  assert.deepEqual(await Promise.all([model.classify(["a"]), model.classify(["b"])]), [[null], [null]]);
  assert.equal(events.filter((event) => event.startsWith("open")).length, 1);
  await model.close();
  await assert.rejects(model.classify(["a"]), TransientError);
  assert.ok(loaded.every(({ isClosed }) => isClosed));
});
