import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { ingestFile, type IngestOptions } from "../../../pipelines/ingest/ingest.js";
import { ingestProgress } from "../../../pipelines/ingest/progress.js";
import { brokenNews, fileOf } from "./helpers/broken-files.js";
import { article, clock } from "./helpers/lines-of.js";

interface Setup {
  readonly directory: string;
  readonly file: string;
  readonly sent: string[];
  readonly options: IngestOptions<"news">;
}

/** A file of news, a state directory and a sender that records source ids. */
async function setUp(t: TestContext, content: Buffer): Promise<Setup> {
  const directory = await mkdtemp(join(tmpdir(), "newstape-ingest-"));
  t.after(() => rm(directory, { recursive: true }));
  const file = join(directory, "news.jsonl.gz");
  await writeFile(file, gzipSync(content));
  const sent: string[] = [];
  const options: IngestOptions<"news"> = {
    input: file,
    kind: "news",
    origin: "backfill",
    now: () => clock,
    stateDirectory: join(directory, "state"),
    send: async (records) => void sent.push(...records.map((record) => record.sourceId)),
  };
  return { directory, file, sent, options };
}

const sound = (count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, index) => `${article({ id: String(index) })}\n`).join(""));
const ids = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index));

test("a broken file: the sound lines are sent, the others counted, kept and written down; the exit code shows it", async (t) => {
  const { directory, sent, options } = await setUp(t, fileOf(brokenNews));
  const rejectsFile = join(directory, "rejects.jsonl");
  const summary = await ingestFile({ ...options, rejectsFile });
  const verdicts = brokenNews.map(([, verdict]) => verdict);
  const count = (wanted: string): number => verdicts.filter((verdict) => verdict === wanted).length;
  assert.equal(summary.lines, brokenNews.length);
  assert.equal(summary.accepted, count("accepted"));
  assert.equal(sent.length, summary.accepted);
  assert.equal(summary.duplicates, count("duplicate"));
  assert.equal(summary.skipped, count("skipped"));
  assert.equal(summary.lines, summary.accepted + summary.duplicates + summary.skipped + summary.rejected);
  for (const [code, number] of Object.entries(summary.rejectedByCode)) assert.equal(number, count(code), code);
  assert.equal(summary.unknownSymbols, 1);
  assert.equal(summary.rejections.length, 20);
  const written = (await readFile(rejectsFile, "utf8")).trim().split("\n");
  assert.equal(written.length, summary.rejected);
  assert.deepEqual(JSON.parse(written[0] ?? ""), summary.rejections[0]);
});

test("records go out in batches, each awaited before the next", async (t) => {
  const { options } = await setUp(t, sound(1_234));
  const sizes: number[] = [];
  let open = 0;
  await ingestFile({
    ...options,
    send: async (records) => {
      assert.equal(++open, 1);
      await pause(1);
      sizes.push(records.length);
      open--;
    },
  });
  assert.deepEqual(sizes, [500, 500, 234]);
});

test("after a send that failed, the next run continues behind the last acknowledged batch", async (t) => {
  const { directory, sent, options } = await setUp(t, Buffer.concat([fileOf(brokenNews), sound(1_000)]));
  const rejectsFile = join(directory, "rejects.jsonl");
  let batches = 0;
  const failing = async (records: Parameters<typeof options.send>[0]) => {
    if (++batches === 4) throw new Error("the broker is gone");
    await options.send(records);
  };
  const settings = { ...options, rejectsFile, batchRecords: 100 };
  await assert.rejects(ingestFile({ ...settings, send: failing }), /the broker is gone/);
  assert.equal(sent.length, 300);
  // What a kill between the batch and its checkpoint leaves behind in the rejects file is written over.
  await appendFile(rejectsFile, '{"line": 0, "left": "behind"}\n');
  const summary = await ingestFile(settings);
  assert.ok(summary.resumedAfterLine > 300);
  assert.equal(new Set(sent).size, sent.length);
  assert.equal(sent.length, summary.accepted);

  const undisturbed = await setUp(t, Buffer.concat([fileOf(brokenNews), sound(1_000)]));
  const whole = await ingestFile({ ...undisturbed.options, rejectsFile: join(undisturbed.directory, "rejects.jsonl") });
  assert.deepEqual(sent, undisturbed.sent);
  assert.deepEqual({ ...summary, resumedAfterLine: 0 }, whole);
  assert.equal(
    await readFile(rejectsFile, "utf8"),
    await readFile(join(undisturbed.directory, "rejects.jsonl"), "utf8"),
  );
});

test("a file that is done is not sent again without --again; another judgement or content is another file", async (t) => {
  const { file, sent, options } = await setUp(t, sound(700));
  const first = await ingestFile(options);
  const second = await ingestFile(options);
  assert.equal(sent.length, 700);
  assert.deepEqual(second, { ...first, alreadyIngested: true });
  const again = await ingestFile({ ...options, again: true });
  assert.equal(sent.length, 1_400);
  assert.equal(again.alreadyIngested, false);
  await ingestFile({ ...options, source: "another" });
  assert.equal(sent.length, 2_100);
  await writeFile(file, gzipSync(sound(701)));
  await ingestFile(options);
  assert.equal(sent.length, 2_801);
});

test("killed with SIGKILL in the middle and run again, nothing is lost and at most one batch repeated", async (t) => {
  const { directory, file, sent, options } = await setUp(t, sound(3_000));
  const log = join(directory, "sent.txt");
  const helper = fileURLToPath(new URL("./helpers/slow-ingest.js", import.meta.url));
  const child = fork(helper, [file, options.stateDirectory ?? "", log], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
  const logged = async (): Promise<string[]> =>
    (await readFile(log, "utf8").catch(() => "")).split("\n").filter(Boolean);
  while ((await logged()).length < 700) await pause(5);
  child.kill("SIGKILL");
  assert.equal(await ended, "SIGKILL");
  const before = await logged();
  assert.ok(before.length < 3_000);
  const summary = await ingestFile({ ...options, batchRecords: 100 });
  assert.ok(summary.resumedAfterLine > 0);
  assert.equal(summary.accepted, 3_000);
  assert.deepEqual(new Set([...before, ...sent]), new Set(ids(0, 3_000)));
  assert.ok(before.length + sent.length <= 3_100);
});

test("a truncated file ends in an error after what was whole, and no checkpoint marks it as done", async (t) => {
  const { file, sent, options } = await setUp(t, sound(1));
  const packed = gzipSync(sound(20_000));
  await writeFile(file, packed.subarray(0, packed.length - 200));
  await assert.rejects(ingestFile(options), /is cut off/);
  await assert.rejects(ingestFile(options), /is cut off/);
  assert.ok(sent.length > 500);
  assert.equal(new Set(sent).size, sent.length);
});

test("a stream is sent as it comes, and leaves no checkpoint", async (t) => {
  const { directory, sent, options } = await setUp(t, sound(1));
  const stdin = new PassThrough();
  const done = ingestFile({ ...options, input: "-", stdin, origin: "live" });
  stdin.write(`${article({ id: "first" })}\n${article({ id: "second" })}\n{"id":`);
  while (sent.length < 2) await pause(1);
  stdin.end(`"third"`);
  const summary = await done;
  assert.deepEqual(sent, ["first", "second"]);
  assert.deepEqual([summary.lines, summary.rejected], [3, 1]);
  assert.deepEqual(await readdir(directory), ["news.jsonl.gz"]);
});

test("a signal ends a run after the batch in hand, and the wait of a silent stream at once", async (t) => {
  const { sent, options } = await setUp(t, sound(2_000));
  const controller = new AbortController();
  const send = async (records: Parameters<typeof options.send>[0]) => {
    await options.send(records);
    controller.abort(new Error("stopped"));
  };
  await assert.rejects(ingestFile({ ...options, send, signal: controller.signal }), /stopped/);
  assert.deepEqual(sent, ids(0, 500));
  await ingestFile(options);
  assert.deepEqual(sent, ids(0, 2_000));

  const silent = new AbortController();
  const waiting = ingestFile({ ...options, input: "-", stdin: new PassThrough(), signal: silent.signal });
  await pause(20);
  silent.abort(new Error("stopped"));
  await assert.rejects(waiting, /stopped/);
});

test("a time that was in the future at the first run stays refused when the run is continued", async (t) => {
  const future = article({ id: "soon", published_at: "2016-01-02T00:00:00Z" });
  const { sent, options } = await setUp(t, Buffer.from(`${future}\n${sound(300).toString()}${future}\n`));
  const settings = { ...options, batchRecords: 100 };
  let batches = 0;
  const failing = async () => {
    if (++batches === 2) throw new Error("gone");
  };
  await assert.rejects(ingestFile({ ...settings, send: failing }), /gone/);
  const summary = await ingestFile({ ...settings, now: () => clock + 7 * 86_400_000 });
  assert.equal(summary.rejectedByCode.TIME_IN_FUTURE, 1);
  // Its repeat at the end is no repeat of anything that was sent.
  assert.equal(sent.at(-1), "soon");
});

test("a broken checkpoint fails with a way out", async (t) => {
  const { options } = await setUp(t, sound(10));
  await ingestFile(options);
  const [name = ""] = await readdir(options.stateDirectory ?? "");
  await writeFile(join(options.stateDirectory ?? "", name), "{");
  await assert.rejects(ingestFile(options), /checkpoint .* cannot be read/);
  assert.equal((await ingestFile({ ...options, again: true })).accepted, 10);
});

test("progress: plain lines where there is no terminal, a bar where there is one", async (t) => {
  const { options } = await setUp(t, sound(5_000));
  const plain = new PassThrough();
  let time = 0;
  await ingestFile({ ...options, progress: ingestProgress("news", plain, () => (time += 3_000)) });
  const lines = String(plain.read()).trim().split("\n");
  assert.ok(lines.length > 1);
  assert.match(lines.at(-1) ?? "", /^news: 100 %, line 5,000, 5,000 accepted, 0 rejected$/);

  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 120 });
  const bar = ingestProgress("news", terminal, () => 0);
  bar.update({ counts: { lines: 5, accepted: 4, rejected: 1, duplicates: 0 }, bytes: 50, totalBytes: 100 });
  bar.stop();
});

test("an input that cannot be opened sends nothing", async (t) => {
  const { sent, options } = await setUp(t, sound(1));
  await assert.rejects(
    ingestFile({ ...options, input: "-", stdin: Readable.from([Buffer.from("PK\u0003\u0004")]) }),
    /zip/,
  );
  assert.deepEqual(sent, []);
});
