/** The stages over plain arrays follow their declarations; what a declaration or a history lacks is an error. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { readSorted } from "../../../pipelines/ingest/index.js";
import { recordsOf, runOffline, stageOutputs, type OfflineRecords } from "../../../pipelines/offline/run.js";
import { derivedTopics, outsideTopics, wayTo } from "../../../pipelines/offline/wiring.js";
import { noRouters } from "../../../models/runtime/routers.js";
import { UserError } from "../../../pipelines/runtime/errors.js";
import { sentimentStage } from "../../../pipelines/stages/sentiment.js";
import { stages } from "../../../pipelines/stages/index.js";
import type { TopicName } from "../../../schemas/topics.js";
import { sliceFiles, sliceSymbols } from "../../helpers/pipeline.js";
import { addTopic, echoStage } from "../../helpers/toy-stage.js";

const services = { settings: { featureSets: ["core"] }, routers: noRouters };
const toy = "toy.signals" as TopicName;
let history: OfflineRecords;

before(async () => {
  const read = { symbols: sliceSymbols, now: Date.now };
  const [from, to] = [Date.UTC(2015, 1, 1), Date.UTC(2015, 6, 15)];
  const isWithin = ({ availableAt }: { availableAt: number }): boolean => availableAt >= from && availableAt < to;
  history = {
    "news.raw": (await readSorted({ kind: "news", input: sliceFiles.newsFile, ...read })).records.filter(isWithin),
    "market.bars": (await readSorted({ kind: "bars", input: sliceFiles.barsFile, ...read })).records.filter(isWithin),
  };
});

const hasMessage = (message: RegExp) => (error: Error) => error instanceof UserError && message.test(error.message);

test("what is derived, what comes from outside and what leads to a topic follow from the declarations", (t) => {
  addTopic(t, toy);
  const all = [...stages, echoStage()];
  const names = (chosen: readonly { readonly name: string }[]) => chosen.map(({ name }) => name);
  const way = (topic: TopicName, { before, writer } = wayTo(all, topic)) => names([...before, writer]);
  assert.deepEqual(outsideTopics(all), ["news.raw", "market.bars"]);
  assert.deepEqual(derivedTopics(all), [...derivedTopics(stages), toy]);
  assert.deepEqual(way("features"), ["sentiment", "market", "features"]);
  assert.deepEqual(way("signals"), ["sentiment", "market", "features", "scores", "forecasts"]);
  assert.deepEqual(way(toy), [...way("signals"), "echo"]);
  assert.deepEqual(way("market.context"), ["market"]);
  assert.throws(() => wayTo(all, "news.raw"), hasMessage(/no stage writes news\.raw/));
});

test("a stage that is added to the list is run with the others, on their outputs", async (t) => {
  addTopic(t, toy);
  const records = await runOffline([...stages, echoStage()], history, services);
  assert.deepEqual(Object.keys(records), derivedTopics([...stages, echoStage()]));
  const signals = recordsOf(records, "signals");
  assert.ok(signals.length > 50);
  const echoes = recordsOf(records, toy) as typeof signals;
  assert.deepEqual(
    echoes.map(({ id, strength }) => [id, strength]),
    signals.map(({ id, strength }) => [id, strength]),
  );
  const last = echoes.at(-1);
  assert.equal(1 / (last?.confidence ?? 0), signals.filter(({ symbol }) => symbol === last?.symbol).length);
});

test("one stage alone publishes the same, in batches, and reports what gave no output", async () => {
  const articles = recordsOf(history, "news.raw");
  const again = articles.at(-1);
  assert.ok(again);
  const others: string[] = [];
  const progress: number[] = [];
  const published: unknown[] = [];
  const watched = { ...services, onProgress: (_: string, inputs: number) => progress.push(inputs) };
  const given = { "news.raw": [...articles, again] };
  for await (const outputs of stageOutputs(sentimentStage, given, watched, (_, { kind }) => others.push(kind))) {
    published.push(...outputs.map(({ record }) => record));
  }
  assert.deepEqual(published, recordsOf(await runOffline([sentimentStage], history, services), "news.sentiment"));
  assert.deepEqual(others, ["duplicate"]);
  assert.equal(progress.at(-1), articles.length + 1);
});

test("what is missing is an error before anything runs", async (t) => {
  addTopic(t, toy);
  const run = (added: Parameters<typeof echoStage>[0], first = stages) =>
    runOffline([...first, echoStage(added)], history, services);
  await assert.rejects(
    run({ inputs: ["models.registry"] }),
    hasMessage(/the stage echo reads models\.registry, of which/),
  );
  await assert.rejects(run({}, []), hasMessage(/the stage echo reads signals, of which there are no records/));
  await assert.rejects(
    run({ output: "scores" }),
    hasMessage(/the stage echo writes scores, which one before it writes/),
  );
  await assert.rejects(run({ models: ["volume"] }), hasMessage(/the stage echo uses models of the task volume/));
  const other = { ...echoStage(), outputs: ["models.registry"] as TopicName[] };
  await assert.rejects(runOffline([...stages, other], history, services), /echo has no output toy\.signals/);
  const every = { ...echoStage({ inputs: ["market.context"] }), partitions: "all" as const };
  await assert.rejects(
    runOffline([...stages, every], history, services),
    hasMessage(/the stage echo reads every partition of market\.context/),
  );
});
