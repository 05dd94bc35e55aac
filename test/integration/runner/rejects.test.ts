import assert from "node:assert/strict";
import { test } from "node:test";
import { TransientError } from "../../../schemas/transient-error.js";
import { Metrics } from "../../../pipelines/runtime/metrics.js";
import { runStage } from "../../../pipelines/runtime/stage/runner.js";
import { countOutcomes, until } from "../../helpers/count-load.js";
import { countOperator, countStage, sentimentOf } from "../../helpers/count-stage.js";
import { createTestCluster } from "../../helpers/kafka.js";
import { rejectHeaders } from "../../../schemas/headers.js";

test("poison and undecodable records are rejected alone, with their bytes and the reason; a passing fault rejects nothing", async (t) => {
  const inputs = Array.from({ length: 100 }, (_, index) => sentimentOf(index, 10));
  const poison = new Set(["sentiment-13", "sentiment-14", "sentiment-77"]);
  let faults = 3;
  const stage = {
    ...countStage,
    operator: {
      ...countOperator,
      process: (...[batch, state, services]: Parameters<typeof countOperator.process>) => {
        const outcomes = countOperator.process(batch, state, services);
        // After the state was written: the layer must be dropped with the batch.
        if (batch.some(({ record }) => poison.has(record.id))) throw new Error("this record is poison");
        if (faults > 0) {
          faults -= 1;
          throw new TransientError("the model is being loaded");
        }
        return outcomes;
      },
    },
  };
  const cluster = await createTestCluster(t, [stage]);
  await cluster.publish("news.sentiment", inputs.slice(0, 50));
  await cluster.publishRaw("news.sentiment", "S1", Buffer.from("not Avro"));
  await cluster.publishRaw("news.sentiment", "S1", Buffer.from([0, 0, 1, 2, 3, 4]));
  await cluster.publish("news.sentiment", inputs.slice(50));

  const running = await runStage(stage, { ...cluster, metrics: new Metrics(), services: {} });
  t.after(() => running.stop());
  await until(async () => (await countOutcomes(cluster)) === inputs.length + 2, "every input has an outcome");

  const rejected = await cluster.readAll(cluster.names.rejected(stage.name));
  const codes = rejected.map(({ headers }) => headers[rejectHeaders.code]).sort();
  assert.deepEqual(codes, ["OPERATOR_FAILED", "OPERATOR_FAILED", "OPERATOR_FAILED", "UNDECODABLE", "UNDECODABLE"]);
  const raw = rejected.find(({ value }) => value?.toString() === "not Avro");
  assert.equal(raw?.key, "S1");
  assert.match(raw?.headers[rejectHeaders.reason] ?? "", /wire format/);
  const codec = await cluster.codec("news.sentiment");
  const failed = rejected.filter(({ headers }) => headers[rejectHeaders.code] === "OPERATOR_FAILED");
  const ids = await Promise.all(failed.map(async ({ value }) => (await codec.read(value)).id));
  assert.deepEqual(ids.sort(), [...poison].sort(), "the original bytes are kept");
  assert.ok(failed.every(({ headers }) => headers[rejectHeaders.reason] === "this record is poison"));

  const outputs = await cluster.readAll(cluster.names.topic("features"));
  assert.equal(outputs.length, inputs.length - poison.size);
});
