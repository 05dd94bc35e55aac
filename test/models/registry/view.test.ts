import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { armFor, RegistryView } from "../../../models/registry/view.js";
import type { RegistryRecord, Route } from "../../../schemas/generated/types.js";

const route = (...shares: number[]): Route => ({
  task: "direction",
  arms: shares.map((share, index) => ({ arm: `arm-${index}`, model: `trees@${index}`, share })),
});
const record = (revision: number, of: Route): RegistryRecord => ({
  key: `route:${of.task}`,
  revision,
  updatedAt: 0,
  model: null,
  route: of,
});
const model = (revision: number, active: boolean): RegistryRecord => ({
  key: "trees@1",
  revision,
  updatedAt: 0,
  model: {
    name: "trees",
    version: "1",
    task: "direction",
    path: "trees",
    sha256: "0".repeat(64),
    featureSet: null,
    active,
    card: "{}",
  },
  route: null,
});

test("a revision that is not higher changes nothing, whatever order the records come in", () => {
  const changes = [
    record(1, route(1)),
    record(2, route(0.5, 0.5)),
    record(3, route(0, 1)),
    model(1, true),
    model(2, false),
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray([...changes, ...changes], { minLength: 10, maxLength: 10 }), (records) => {
      const view = new RegistryView();
      for (const each of records) view.apply(each);
      assert.deepEqual(view.route("direction"), route(0, 1));
      assert.equal(view.model("trees@1")?.active, false);
      assert.equal(view.apply(record(3, route(1))), false);
    }),
  );
});

const symbols = Array.from({ length: 20_000 }, (_, index) => `S${index}`);

test("symbols spread over the arms by their shares", () => {
  const of = route(0.7, 0.25, 0.05);
  const counts = new Map<string, number>();
  for (const symbol of symbols) {
    const { arm } = armFor(of, symbol);
    counts.set(arm, (counts.get(arm) ?? 0) + 1);
  }
  for (const { arm, share } of of.arms) {
    // Five standard deviations of the binomial.
    const allowed = 5 * Math.sqrt((share * (1 - share)) / symbols.length);
    assert.ok(Math.abs((counts.get(arm) ?? 0) / symbols.length - share) < allowed, `${arm}: ${counts.get(arm)}`);
  }
});

test("a symbol keeps its arm, and a growing share keeps its symbols", () => {
  for (const symbol of symbols.slice(0, 2000)) {
    assert.equal(armFor(route(0.9, 0.1), symbol).arm, armFor(route(0.9, 0.1), symbol).arm);
    if (armFor(route(0.9, 0.1), symbol).arm === "arm-1") assert.equal(armFor(route(0.6, 0.4), symbol).arm, "arm-1");
  }
});

test("the choices of two tasks are independent", () => {
  const both = symbols.filter(
    (symbol) =>
      armFor(route(0.5, 0.5), symbol).arm === "arm-0" &&
      armFor({ ...route(0.5, 0.5), task: "move" }, symbol).arm === "arm-0",
  );
  assert.ok(Math.abs(both.length / symbols.length - 0.25) < 0.02, String(both.length));
});

test("an arm without a share serves nobody, even when the shares fall short of 1 by a rounding", () => {
  for (const symbol of symbols) assert.equal(armFor(route(0, 1 - 1e-3, 0), symbol).arm, "arm-1");
  assert.throws(() => armFor(route(), "AAPL"), RangeError);
});
