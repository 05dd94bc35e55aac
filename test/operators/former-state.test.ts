/** A state that the release wrote is gone on with: what it lacks is what was so then. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { features } from "../../operators/features/operator.js";
import { forecasts } from "../../operators/forecasts/operator.js";
import { market } from "../../operators/market/market.js";
import { PlainState } from "../../operators/plain-state.js";
import { parseSchema } from "../../pipelines/runtime/avro-types.js";
import { featuresStage } from "../../pipelines/stages/features.js";
import { forecastsStage } from "../../pipelines/stages/forecasts.js";
import type { FeaturesState, ForecastsState } from "../../schemas/generated/types.js";
import { schemaDirectory } from "../../schemas/files.js";
import { bar } from "../helpers/records.js";
import { marketContexts, mixedEvents, services } from "./features/events.js";
import { mixedEvents as forecastEvents } from "./forecasts/events.js";
import { barEvent, sliceBars } from "./market/events.js";

const typeIn = (folder: string, file: string) =>
  parseSchema(
    JSON.parse(readFileSync(join(schemaDirectory, folder, file), "utf8")) as Parameters<typeof parseSchema>[0],
  );

/** The state as the release would have kept it, read by this build. */
function formerly<Value>(state: PlainState<Value>, file: string): PlainState<Value> {
  const [now, released] = [typeIn("", file), typeIn("released", file)];
  const [toReleased, toNow] = [released.createResolver(now), now.createResolver(released)];
  const former = new PlainState<Value>();
  for (const [key, value] of state.entries()) {
    const written = released.toBuffer(released.fromBuffer(now.toBuffer(value), toReleased));
    former.set(key, now.fromBuffer(written, toNow) as Value);
  }
  return former;
}

const cases = {
  market: [market, sliceBars("2015-01-02", "2015-02-13").map(barEvent), "market.state.avsc"],
  features: [features, mixedEvents(60, marketContexts(60)), "features.state.avsc"],
  forecasts: [forecasts, forecastEvents(), "forecasts.state.avsc"],
} as const;

for (const [name, [operator, inputs, file]] of Object.entries(cases)) {
  test(`${name} goes on from a state of the release as from its own`, () => {
    // Each pair of operator and inputs fits; the compiler does not see it in a list.
    const { process } = operator as { process: (this: void, ...of: readonly unknown[]) => unknown[] };
    const state = new PlainState<object>();
    const half = Math.floor(inputs.length / 2);
    process(inputs.slice(0, half), state, services);
    const former = formerly(state, file);
    const [expected, found] = [state, former].map((of) => process(inputs.slice(half), of, services));
    assert.ok(expected?.some((outcome) => (outcome as { kind: string }).kind === "emit"));
    assert.deepEqual(found, expected);
    assert.deepEqual([...former.entries()], [...state.entries()]);
  });
}

test("a state of New York says the version of before there were calendars, one of another exchange the new one", () => {
  const versions = (["XNYS", "XNAS", "XLON"] as const).map((calendar) => {
    const [ofFeatures, ofForecasts] = [new PlainState<FeaturesState>(), new PlainState<ForecastsState>()];
    const record = bar({ calendar, symbol: "S" });
    features.process([{ topic: "market.bars", record }], ofFeatures, services);
    forecasts.process([{ topic: "market.bars", record }], ofForecasts, services);
    return [ofFeatures.get("S")?.version, ofForecasts.get("S|1d")?.version];
  });
  assert.deepEqual(versions, [
    [2, 1],
    [2, 1],
    [3, 2],
  ]);
  // Both are read by this build.
  assert.deepEqual([featuresStage.stateVersion, Object.keys(featuresStage.stateUpgrades ?? {})], [3, ["2"]]);
  assert.deepEqual([forecastsStage.stateVersion, Object.keys(forecastsStage.stateUpgrades ?? {})], [2, ["0", "1"]]);
});
