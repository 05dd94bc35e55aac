/** What a task counts for `/metrics`: as much as the inputs had outcomes, and nothing of what was not committed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { absorb, emit } from "../../../../operators/operator.js";
import { Metrics } from "../../../../pipelines/runtime/metrics.js";
import { countOperator, sentimentOf } from "../../../helpers/count-stage.js";
import { batchOf, fakeTask, input } from "../../../helpers/fake-task.js";
import { whenever } from "../../../helpers/whenever.js";

/** Two records for each second input, none for the others. */
const pairs: typeof countOperator = {
  name: "pairs",
  process: async (batch, state, services) =>
    (await countOperator.process(batch, state, services)).map((outcome, index) =>
      outcome.kind === "emit" && index % 2 === 0 ? emit(...outcome.records, ...outcome.records) : absorb,
    ),
};

test("inputs are counted by outcome and outputs by record, once a transaction is committed", async () => {
  const metrics = new Metrics();
  const fake = await fakeTask({ operator: pairs, metrics: metrics.forStage("count") });
  const { task, brokers, sentiments } = fake;
  task.start();
  await whenever(() => task.phase === "running");
  brokers.onCommit = ({ records }) => {
    if (records.length > 0) throw new Error("nobody answered");
  };
  const values = Array.from({ length: 5 }, (_, index) => {
    const sentiment = sentimentOf(index, 2);
    return [sentiment.symbol, Buffer.from(sentiments.encode(sentiment))] as const;
  });
  const batch = batchOf(input, 0, [...values, ["S0", Buffer.from("garbage")]]);
  task.accept(batch);
  await whenever(() => brokers.asked.filter((asked) => asked === "fence").length === 2 && task.phase === "running");
  assert.doesNotMatch(await metrics.registry.metrics(), /^newstape_stage_(in|out)puts_total\{/m);
  brokers.onCommit = () => undefined;
  task.accept(batch);
  await whenever(() => brokers.transactions.some(({ records }) => records.length > 0));
  await task.close();
  const counted = (await metrics.registry.metrics()).match(/^newstape_stage_(in|out)puts_total\{.*$/gm);
  const inputsOf = (outcome: string, count: number): string =>
    `newstape_stage_inputs_total{stage="count",topic="news.sentiment",outcome="${outcome}"} ${count}`;
  assert.deepEqual(counted, [
    inputsOf("emit", 3),
    inputsOf("absorb", 2),
    inputsOf("reject", 1),
    'newstape_stage_outputs_total{stage="count"} 6',
  ]);
});
