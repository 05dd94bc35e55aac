import assert from "node:assert/strict";
import { test } from "node:test";
import { computeFeatures, mergeEvents } from "../../../operators/features/offline.js";
import { features } from "../../../operators/features/operator.js";
import type { FeaturesState } from "../../../schemas/generated/types.js";
import { MemoryState } from "../../helpers/memory-state.js";
import { bar, sentiment } from "../../helpers/records.js";
import { context, marketContexts, mixedEvents, services, vectorsOf } from "./events.js";

test("the vectors are those of the stage", () => {
  const state = new MemoryState<FeaturesState>();
  const events = mixedEvents(60, marketContexts(60));
  const others: string[] = [];
  const vectors = computeFeatures(events, services, (_, { kind }) => others.push(kind));
  assert.deepEqual(vectors, vectorsOf(features.process(events, state, services)));
  // Each vector of the full set has one of the core set beside it, which was warm before.
  const triggers = new Set(vectors.map(({ triggerId, sequence, symbol }) => `${symbol} ${sequence} ${triggerId}`));
  assert.equal(triggers.size + others.length, events.length);
  assert.deepEqual([...new Set(others)].sort(), ["duplicate", "join", "reject"]);
});

test("events are merged by availableAt, bars before cross-sections before sentiments, sentiments by id", () => {
  const bars = [
    bar({ eventTime: 10 }),
    bar({ eventTime: 20 }),
    bar({ eventTime: 15, availableAt: 30 }),
    bar({ eventTime: 25 }),
  ];
  const articles = [5, 10, 20, 28, 40].flatMap((time) =>
    ["a", "b"].map((name) => sentiment({ eventTime: time, articleId: `${name}${time}` })),
  );
  const contexts = [15, 20].map((eventTime) => context({ eventTime }));
  const merged = [...mergeEvents(bars, articles.toReversed(), contexts)];
  const shown = merged.map(({ topic, record }) =>
    topic === "market.bars"
      ? `bar ${record.eventTime}`
      : `${topic === "market.context" ? "context" : "article"} ${record.asOf}`,
  );
  assert.deepEqual(shown, [
    ...["article 5", "article 5", "bar 10", "article 10", "article 10", "context 15"],
    ...["bar 20", "context 20", "article 20", "article 20"],
    ...["article 28", "article 28", "bar 15", "bar 25", "article 40", "article 40"],
  ]);
  const ids = merged.flatMap(({ topic, record }) =>
    topic === "news.sentiment" && record.asOf === 40 ? [record.id] : [],
  );
  assert.deepEqual(ids, ids.toSorted());
});
