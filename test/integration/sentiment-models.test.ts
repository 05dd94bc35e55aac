/** The sentiment stage while its models change: the switch between VADER and a transformer, a model that goes and returns. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { RegistryStore } from "../../models/registry/store.js";
import { armFor } from "../../models/registry/view.js";
import { startPipeline } from "../../pipelines/pipeline.js";
import { replay } from "../../pipelines/operations/replay/replay.js";
import { PartitionLog } from "../../pipelines/runtime/kafka/partition-log.js";
import { Metrics } from "../../pipelines/runtime/metrics.js";
import { sentimentStage } from "../../pipelines/stages/sentiment.js";
import { artifactDirectory } from "../../schemas/files.js";
import type { NewsArticle, NewsSentiment } from "../../schemas/generated/types.js";
import { newstape } from "../helpers/cli.js";
import { until } from "../helpers/count-load.js";
import { createPipeline, type TestPipeline } from "../helpers/pipeline.js";
import { article, start } from "../operators/sentiment/fakes.js";

interface Running {
  readonly pipeline: TestPipeline;
  readonly metrics: Metrics;
  /** Publishes an article for each list of symbols. */
  readonly publish: (symbols: readonly (readonly string[])[]) => Promise<NewsArticle[]>;
  readonly records: () => Promise<NewsSentiment[]>;
  /** The records of these articles, once all are there. */
  readonly recordsOf: (articles: readonly NewsArticle[]) => Promise<NewsSentiment[]>;
  readonly stop: () => Promise<void>;
}

async function run(t: TestContext, overrides: NodeJS.ProcessEnv = {}): Promise<Running> {
  const pipeline = await createPipeline(t, overrides);
  const metrics = new Metrics();
  const running = await startPipeline(["sentiment"], { ...pipeline, metrics });
  let failed: unknown;
  running.done.catch((error: unknown) => (failed = error));
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= running.stop());
  t.after(stop);
  await until(async () => running.ready(), "the stage is ready");
  const codec = await pipeline.codec("news.sentiment");
  let count = 0;
  const records = async (): Promise<NewsSentiment[]> => {
    assert.equal(failed, undefined, String(failed));
    const stored = await pipeline.readAll(pipeline.names.topic("news.sentiment"));
    return Promise.all(stored.map(({ value }) => codec.read(value)));
  };
  return {
    pipeline,
    metrics,
    stop,
    records,
    publish: async (symbols) => {
      const articles = symbols.map((named) => {
        count += 1;
        const headline = `${named.join(" and ")} beat estimates, part ${count}`;
        return article({
          id: `article-${count}`,
          sourceId: String(count),
          headline,
          symbols: [...named],
          eventTime: start + count,
          availableAt: start + count,
          origin: "live",
        });
      });
      await pipeline.publish("news.raw", articles);
      return articles;
    },
    recordsOf: async (articles) => {
      const ids = new Set(articles.map(({ id }) => id));
      const expected = articles.reduce((sum, { symbols }) => sum + symbols.length, 0);
      let found: NewsSentiment[] = [];
      await until(async () => {
        found = (await records()).filter(({ articleId }) => ids.has(articleId));
        return found.length >= expected;
      }, "every article is read");
      return found;
    },
  };
}

/** Every record equals its replay, with the models and the arms that the records name. */
async function assertReplayed({ pipeline, records }: Running): Promise<void> {
  const log = new PartitionLog(pipeline.kafka);
  try {
    const differences: unknown[] = [];
    const [result] = await replay({
      ...pipeline,
      log,
      stages: [sentimentStage],
      onDifference: (difference) => differences.push(difference),
    });
    assert.deepEqual(differences.slice(0, 2), []);
    assert.deepEqual(result?.unverified, {});
    assert.equal(result?.identical, (await records()).length);
  } finally {
    await log.close();
  }
}

const valueOf = async (metrics: Metrics, name: string, labels: Record<string, string>): Promise<number> => {
  const { values } = (await metrics.registry.getSingleMetric(name)?.get()) ?? { values: [] };
  return values
    .filter((value) => Object.entries(labels).every(([label, wanted]) => String(value.labels[label]) === wanted))
    .reduce((sum, { value }) => sum + value, 0);
};

test("from 0 to 50 to 100 % under load symbols move exactly as their hash requires, and nothing is lost or doubled", async (t) => {
  const running = await run(t, { FINBERT_SENTIMENT: "off" });
  const { pipeline, metrics, publish, recordsOf } = running;
  const symbols = Array.from({ length: 40 }, (_, index) => `SYM${index}`);
  // An article on two symbols may be read by both arms.
  const each = symbols.map((symbol, index) => (index % 4 === 0 ? [symbol, symbols[index + 1] ?? symbol] : [symbol]));

  const load: NewsArticle[] = [];
  let isLoading = true;
  t.after(() => (isLoading = false));
  const loading = (async () => {
    while (isLoading) {
      load.push(...(await publish(each.slice(0, 20))));
      await sleep(40);
    }
  })();

  const store = new RegistryStore(pipeline.database);
  const routeNow = async () => {
    const route = (await store.routes()).find(({ task }) => task === "sentiment");
    assert.ok(route);
    return route;
  };
  let before = new Map<string, string>();
  for (const flag of ["off", "50%", "on"]) {
    if (flag !== "off") {
      const { code, stderr } = await newstape(pipeline.environment, [
        "models",
        "route",
        "sentiment",
        "--finbert",
        flag,
      ]);
      assert.equal(code, 0, stderr);
    }
    const route = await routeNow();
    const expected = new Map(symbols.map((symbol) => [symbol, armFor(route, symbol).arm]));
    const changed = symbols.find((symbol) => before.size > 0 && before.get(symbol) !== expected.get(symbol));
    if (changed !== undefined) {
      await until(async () => {
        const [probe] = await recordsOf(await publish([[changed]]));
        return probe?.arm === expected.get(changed);
      }, `the stage follows the route to ${flag}`);
    }
    const found = await recordsOf(await publish(each));
    for (const { symbol, arm, model, degraded } of found) {
      assert.equal(arm, expected.get(symbol), `${symbol} at ${flag}`);
      assert.deepEqual([model === null, degraded], [arm === "vader", false], `${symbol} at ${flag}`);
    }
    for (const [symbol, arm] of before)
      assert.ok(arm === "vader" || expected.get(symbol) === "finbert", `${symbol} does not go back`);
    before = expected;
  }
  isLoading = false;
  await loading;
  await recordsOf(load);

  await running.stop();
  const all = await running.records();
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length, "none is doubled");
  for (const arm of ["finbert", "vader"]) {
    const published = all.filter((record) => record.arm === arm).length;
    assert.ok(published > 0);
    assert.equal(await valueOf(metrics, "newstape_sentiment_records_total", { arm }), published, arm);
    assert.equal(await valueOf(metrics, "newstape_sentiment_agreement_total", { arm }), published, arm);
  }
  assert.ok((await valueOf(metrics, "newstape_sentiment_texts_total", { answer: "read" })) > 0);
  const [first] = (await store.models()).filter(({ task }) => task === "sentiment");
  for (const model of [`${first?.name}@${first?.version}`, "vader"])
    assert.ok((await valueOf(metrics, "newstape_sentiment_read_seconds", { model })) > 0, model);
  await assertReplayed(running);
});

test("a model file that is taken away leaves the next batch to VADER, and it heals when the file returns", async (t) => {
  const artifacts = mkdtempSync(join(tmpdir(), "newstape-artifacts-"));
  t.after(() => rmSync(artifacts, { recursive: true }));
  cpSync(artifactDirectory, artifacts, { recursive: true });
  const running = await run(t, { NEWSTAPE_ARTIFACTS: artifacts });
  const { pipeline, metrics, publish, recordsOf } = running;
  const [version] = (await new RegistryStore(pipeline.database).models()).filter(({ task }) => task === "sentiment");
  const file = join(artifacts, version?.path ?? "", "model.onnx");
  const batch = Array.from({ length: 30 }, (_, index) => [`SYM${index}`]);
  const verdicts = async (): Promise<string[]> => [
    ...new Set((await recordsOf(await publish(batch))).map(({ degraded, model }) => `${degraded} ${model?.name}`)),
  ];

  assert.deepEqual(await verdicts(), [`false ${version?.name}`]);
  renameSync(file, `${file}.away`);
  assert.deepEqual(await verdicts(), ["true undefined"]);
  assert.equal(await valueOf(metrics, "newstape_sentiment_circuit_open", {}), 1);
  assert.equal(await valueOf(metrics, "newstape_sentiment_texts_total", { answer: "unavailable" }), batch.length);
  renameSync(`${file}.away`, file);
  await until(async () => (await valueOf(metrics, "newstape_sentiment_circuit_open", {})) === 0, "the circuit closes");
  assert.deepEqual(await verdicts(), [`false ${version?.name}`]);
  await running.stop();
  await assertReplayed(running);
});
