/** States that a build without versions wrote (test/fixtures/forecasts-state) are carried over, and it can go on from ours. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type avro from "avsc";
import { har } from "../../../operators/forecasts/methods/har.js";
import { naive } from "../../../operators/forecasts/methods/naive.js";
import { quantiles } from "../../../operators/forecasts/methods/quantiles.js";
import { forecastsBy } from "../../../operators/forecasts/operator.js";
import { stateUpgrades, stateVersion } from "../../../operators/forecasts/state-version.js";
import { parseSchema } from "../../../pipelines/runtime/avro-types.js";
import { packageRoot, schemaDirectory } from "../../../schemas/files.js";
import type { ForecastsState } from "../../../schemas/generated/types.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { services } from "../../helpers/records.js";
import { mixedEvents } from "./events.js";

const read = (...path: string[]) => readFileSync(join(...path), "utf8");
const typeIn = (...path: string[]) => parseSchema(JSON.parse(read(...path)) as avro.Schema);
const fixtures = join(packageRoot, "test/fixtures/forecasts-state");
/** The state of `mixedEvents()` after so many of them. */
const former = JSON.parse(read(fixtures, "version-0.json")) as { events: number; states: Record<string, string> };
const formerType = typeIn(fixtures, "version-0.avsc");
const type = typeIn(schemaDirectory, "forecasts.state.avsc");
const resolver = type.createResolver(formerType);

/** Of the methods that there were. */
const forecasts = forecastsBy([naive, har, quantiles]);
const events = mixedEvents();
const before = events.slice(0, former.events);
const after = events.slice(former.events);

function ours(): MemoryState<ForecastsState> {
  const state = new MemoryState<ForecastsState>();
  forecasts.process(before, state, services);
  state.commit();
  return state;
}

/** As the task restores a state of version 0. */
const restored = (states: Iterable<readonly [string, Buffer]>) =>
  new MemoryState(
    [...states].map(([key, bytes]) => {
      const state = type.fromBuffer(bytes, resolver) as ForecastsState;
      assert.equal(state.version, 0);
      return [key, { ...(stateUpgrades[0](state) as ForecastsState), version: stateVersion }];
    }),
  );

const formerStates = Object.entries(former.states).map(([key, bytes]) => [key, Buffer.from(bytes, "base64")] as const);

test("what is published after the upgrade is what had been published without it", () => {
  const expected = forecasts.process(after, ours(), services);
  assert.ok(expected.some(({ kind }) => kind === "emit"));
  assert.deepEqual(forecasts.process(after, restored(formerStates), services), expected);
});

test("the methods have what they have after the same bars", () => {
  const found = restored(formerStates);
  for (const [key, { base, current }] of ours().entries()) {
    assert.deepEqual(found.get(key)?.base.methods, base.methods, key);
    assert.deepEqual(found.get(key)?.current.methods, current.methods, key);
  }
});

test("a build without versions finds, in what is written, what it would have written", () => {
  for (const [key, state] of ours().entries()) {
    assert.equal(formerType.toBuffer(state).toString("base64"), former.states[key], key);
    // It skips what it does not know.
    const seen: unknown = formerType.fromBuffer(type.toBuffer(state), formerType.createResolver(type));
    assert.equal(formerType.toBuffer(seen).toString("base64"), former.states[key], key);
  }
});
