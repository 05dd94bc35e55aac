/** Somebody publishes while the history is replayed: their records wait, to the last one, and none is called missing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { backfill, drainHere } from "../../pipelines/operations/backfill/backfill.js";
import { auditPipeline } from "../../pipelines/operations/audit.js";
import { readSorted, symbolList } from "../../pipelines/ingest/index.js";
import type { Bar, NewsArticle } from "../../schemas/generated/types.js";
import { newstape } from "../helpers/cli.js";
import { createPipeline, silentProgress, sliceFiles } from "../helpers/pipeline.js";

test("what is published behind the stages' backs waits by exact counts, and the next drain takes it", async (t) => {
  const pipeline = await createPipeline(t);
  const read = { symbols: symbolList(["MMM"]), now: Date.now };
  const news = await readSorted({ kind: "news", input: sliceFiles.newsFile, ...read });
  const bars = await readSorted({ kind: "bars", input: sliceFiles.barsFile, ...read });
  const [article, last] = [news.records.at(-1) as NewsArticle, bars.records.at(-1) as Bar];
  const later = (count: number, name: string): NewsArticle[] =>
    Array.from({ length: count }, (_, index) => ({ ...article, id: `${name}-${index}`, headline: `${name} ${index}` }));

  const drain = drainHere(pipeline);
  const { drained } = await backfill({
    ...pipeline,
    ...sliceFiles,
    symbols: read.symbols,
    progress: silentProgress,
    async drain(name, onLag) {
      // Each before a part that reads the topic still, and after one that has read it to its end.
      // One of them is a duplicate of what was replayed.
      if (name === "market") await pipeline.publish("news.raw", [...later(3, "before"), article]);
      await drain(name, onLag);
      if (name === "market") await pipeline.publish("market.bars", [{ ...last, id: "later", volume: 1 }]);
      if (name === "landing") await pipeline.publish("news.raw", later(2, "after"));
    },
  });
  const audit = await auditPipeline(pipeline, drained);
  assert.deepEqual(audit.problems, []);
  assert.deepEqual(audit.waiting, [
    { part: "sentiment", topic: "news.raw", records: 6 },
    { part: "market", topic: "market.bars", records: 1 },
    { part: "landing", topic: "news.raw", records: 2 },
  ]);
  const strict = await auditPipeline(pipeline);
  assert.deepEqual(strict.waiting, []);
  assert.ok(strict.problems.some((problem) => problem.startsWith("outcomes of sentiment")));

  await t.test("a record that a stage had to take and did not is missing all the same", async () => {
    const [topic, group] = [pipeline.names.topic("news.raw"), pipeline.names.group("sentiment")];
    const committed = await pipeline.admin.committed(group, [topic]);
    const tampered = new Map(drained).set(
      "sentiment",
      new Map(committed.map(({ partition }) => [`${topic}/${partition}`, Infinity])),
    );
    const { problems } = await auditPipeline(pipeline, tampered);
    assert.ok(problems.some((problem) => problem.startsWith("outcomes of sentiment")));
  });

  for (const name of ["sentiment", "market", "features", "scores", "forecasts", "landing"]) {
    const { code, stderr } = await newstape(pipeline.environment, ["run", name, "--drain"]);
    assert.equal(code, 0, stderr);
  }
  assert.deepEqual((await auditPipeline(pipeline)).problems, []);
});
