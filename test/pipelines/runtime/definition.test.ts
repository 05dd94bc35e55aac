import assert from "node:assert/strict";
import { test } from "node:test";
import { market } from "../../../operators/market/market.js";
import { scoresOperator, targets } from "../../../operators/scores/scores.js";
import { defineStage, operatorOf } from "../../../pipelines/runtime/stage/definition.js";

const base = { name: "stage", batch: { records: 1 }, description: "" };

test("a model that the operator does not ask for, and a topic that it does not read, fail to compile", () => {
  const scores = { ...base, inputs: ["features"], outputs: ["scores"], operator: scoresOperator } as const;
  const sections = { ...base, inputs: ["market.bars"], outputs: ["market.context"], operator: market } as const;
  assert.deepEqual(defineStage({ ...scores, models: targets }).models, targets);
  assert.deepEqual(defineStage({ ...sections, models: [] }).models, []);
  // @ts-expect-error a task that there is not
  defineStage({ ...scores, models: ["no such task"] });
  // @ts-expect-error a task that is not the operator's
  defineStage({ ...scores, models: ["sentiment"] });
  // @ts-expect-error the operator uses none
  defineStage({ ...sections, models: ["move"] });
  // @ts-expect-error the operator reads bars
  defineStage({ ...sections, inputs: ["signals"], models: [] });
});

test("an operator is made from the settings where the declaration has how", () => {
  const made = defineStage({
    ...base,
    inputs: ["market.bars"],
    outputs: ["market.context"],
    operator: ({ name }: { readonly name: string }) => ({ ...market, name }),
    recordedSettings: { of: () => undefined, common: (one) => one, key: ({ name }) => name },
    models: [],
  });
  assert.equal(operatorOf(made, { name: "of the settings" }).name, "of the settings");
  assert.equal(operatorOf({ ...made, operator: market }, {}), market);
});
