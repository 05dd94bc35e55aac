/** The states that a build without guards wrote are read, and the guard is there with the first bar after them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type avro from "avsc";
import { features } from "../../../operators/features/operator.js";
import { forecasts } from "../../../operators/forecasts/operator.js";
import { market } from "../../../operators/market/market.js";
import type { Input, Operator, Outcome } from "../../../operators/operator.js";
import { parseSchema } from "../../../pipelines/runtime/avro-types.js";
import { schemaText } from "../../../pipelines/runtime/codec.js";
import { schemaDirectory } from "../../../schemas/files.js";
import type { Bar } from "../../../schemas/generated/types.js";
import type { TopicName } from "../../../schemas/topics.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { bar, fixtureBars } from "../../helpers/records.js";
import { services } from "../features/events.js";

const bars = fixtureBars("AAPL", 60);
const [tick, after] = [bars[50], bars[51]] as [Bar, Bar];
const wrong = bar({
  ...tick,
  open: tick.open * 100,
  high: tick.high * 100,
  low: tick.low * 100,
  close: tick.close * 100,
});
const later = [wrong, after, bar({ ...tick, volume: 5 }), ...bars.slice(52)];

type Operators = Record<string, { operator: Operator<"market.bars", TopicName, unknown>; file: string }>;
const operators = {
  market: { operator: market, file: "market.state.avsc" },
  features: { operator: features, file: "features.state.avsc" },
  forecasts: { operator: forecasts, file: "forecasts.state.avsc" },
} as unknown as Operators;

for (const [name, { operator, file }] of Object.entries(operators)) {
  test(`${name} goes on from the state of before`, async () => {
    const run = async (of: readonly Bar[], state: MemoryState<unknown>): Promise<readonly Outcome<TopicName>[]> => {
      const outcomes = await operator.process(
        of.map((record): Input<"market.bars"> => ({ topic: "market.bars", record })),
        state,
        services,
      );
      state.commit();
      return outcomes;
    };
    const state = new MemoryState<unknown>();
    await run(bars.slice(0, 50), state);
    const former = parseSchema(
      JSON.parse(readFileSync(join(schemaDirectory, "released", file), "utf8")) as avro.Schema,
    );
    const present = parseSchema(JSON.parse(schemaText(file)) as avro.Schema);
    assert.notDeepEqual(former.schema(), present.schema(), "the former schema is another");
    const resolver = present.createResolver(former);
    const read = [...state.entries()]
      // What the market keeps for its guard alone was not there.
      .filter(([key]) => !key.startsWith("guards|"))
      .map(([key, value]): [string, unknown] => [key, present.fromBuffer(former.toBuffer(value), resolver)]);
    const expected = await run(later, state);
    assert.deepEqual(await run(later, new MemoryState(read)), expected);
    assert.ok(expected[0]?.kind === "reject" && expected[0].code === "PRICE_OUT_OF_LINE");
  });
}
