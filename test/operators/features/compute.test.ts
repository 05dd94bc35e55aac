import assert from "node:assert/strict";
import { test } from "node:test";
import { features } from "../../../operators/features/operator.js";
import type { FeaturesState } from "../../../schemas/generated/types.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { computeFeatures } from "./compute.js";
import { marketContexts, mixedEvents, services, vectorsOf } from "./events.js";

test("the vectors are those of the stage", () => {
  const state = new MemoryState<FeaturesState>();
  const events = mixedEvents(60, marketContexts(60));
  const others: string[] = [];
  const vectors = computeFeatures(events, services, (_, { kind }) => others.push(kind));
  assert.deepEqual(vectors, vectorsOf(features.process(events, state, services)));
  // Each vector of the full set has one of the core set beside it, which was warm before.
  const triggers = new Set(vectors.map(({ triggerId, sequence, symbol }) => `${symbol} ${sequence} ${triggerId}`));
  assert.equal(triggers.size + others.length, events.length);
  assert.deepEqual([...new Set(others)].sort(), ["absorb", "duplicate", "reject"]);
});
