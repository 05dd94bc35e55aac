/** What every entry of the list must keep to; a new method is tested by it as it is entered. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type avro from "avsc";
import { methodCatalogue } from "../../../operators/forecasts/catalogue.js";
import { combinedName } from "../../../operators/forecasts/combined.js";
import { notFinite } from "../../../operators/finite.js";
import { begun } from "../../../operators/forecasts/method-states.js";
import { forecastingMethods } from "../../../operators/forecasts/methods/list.js";
import { parseSchema } from "../../../pipelines/runtime/avro-types.js";
import { packageRoot, schemaDirectory } from "../../../schemas/files.js";
import type { Bar } from "../../../schemas/generated/types.js";
import { deepFreeze } from "../../helpers/memory-state.js";
import { bar, fixtureBars, sessionCloses } from "../../helpers/records.js";
import { coresOf, levels, target } from "./method-run.js";

const folder = "operators/forecasts/methods";
const bars = fixtureBars("AAPL");
/** A return model's, over one bar. */
const modelQuantiles = [-0.03, -0.01, 0.001, 0.012, 0.03];

/** Prices that stand still, jump a hundredfold and back, and are split. */
const strange: Bar[] = sessionCloses(200).map((eventTime, index) => {
  const close = index < 100 || index % 7 > 0 ? 50 : 5000;
  return bar({ eventTime, close, split: index % 50 === 49 ? 2 : 1, dividendFactor: index % 60 === 59 ? 0.99 : 1 });
});

test("each file among the methods is in the list under its name, and each in the list has its file", () => {
  const files = readdirSync(join(packageRoot, folder)).filter((file) => file !== "list.ts");
  const names = forecastingMethods.map(({ name }) => name);
  const unlisted = files.filter((file) => !names.includes(file.replace(/\.ts$/, "")));
  assert.deepEqual(unlisted, [], `not in ${folder}/list.ts`);
  const lost = names.filter((name) => !files.includes(`${name}.ts`));
  assert.deepEqual(lost, [], `without a file of the name in ${folder}`);
  assert.equal(new Set(names).size, names.length);
  assert.ok(!names.includes(combinedName), `${combinedName} is made of the methods`);
});

test("some method that counts in combined needs no model", () => {
  assert.ok(forecastingMethods.some(({ inCombined, warmUp }) => inCombined && warmUp > 0));
});

test("the catalogue is that of the list", () => {
  const text = readFileSync(join(packageRoot, "operators/forecasts/README.md"), "utf8");
  assert.equal(text, methodCatalogue(forecastingMethods), "run `npm run docs`");
});

for (const method of forecastingMethods) {
  const { name, version, warmUp, empty, description } = method;
  void describe(name, () => {
    const of = { ...target, modelQuantiles };
    const stateType = parseSchema(
      JSON.parse(readFileSync(join(schemaDirectory, "forecasts.state.avsc"), "utf8")) as avro.Schema,
    );

    test("is declared in full, and tested", () => {
      assert.match(name, /^[a-z]+(-[a-z0-9]+)*$/);
      assert.ok(Number.isInteger(version) && version >= 1, "its version is a whole number from 1 up");
      assert.ok(Number.isInteger(warmUp) && warmUp >= 0, "its warm-up is a number of bars");
      assert.match(description, /^[^\n|]+[^.\n|]$/, "its description is one line without a full stop");
      const own = `test/${folder}/${name}.test.ts`;
      assert.ok(existsSync(join(packageRoot, own)), `${own} is missing: its numbers beside those of an oracle`);
    });

    test("forecasts from its warm-up on", () => {
      if (warmUp === 0) {
        assert.deepEqual(empty, {}, "a method that needs no bars keeps nothing");
        assert.ok(method.forecast(empty, of, levels));
        return;
      }
      assert.ok(bars.length > warmUp, `the series has ${bars.length} bars`);
      for (const [index, { methods }] of coresOf([method], bars).entries()) {
        const { bars: seen, numbers } = methods[name] ?? begun(method, 0);
        assert.equal(seen, index + 1);
        if (seen < warmUp) continue;
        assert.ok(method.forecast(numbers, of, levels), `no forecast at bar ${seen}, and the warm-up is ${warmUp}`);
      }
    });

    test("views are finite and ascending, states finite and such as can be kept, whatever the prices", () => {
      for (const series of [bars, strange]) {
        for (const core of coresOf([{ ...method, empty: deepFreeze(empty) }], series)) {
          // A later step that changed it in place would throw.
          deepFreeze(core);
          assert.equal(notFinite(core), undefined);
          const state = {
            asOf: 0,
            base: core,
            recent: [],
            current: core,
            pending: [],
            version: 1,
            held: null,
            calendar: "XNYS",
          };
          assert.deepEqual(plain(stateType.fromBuffer(stateType.toBuffer(state))), plain(state));
          for (const horizon of [1, 22]) {
            const { bars: seen, numbers } = core.methods[name] ?? begun(method, 0);
            const view = seen < warmUp ? undefined : method.forecast(numbers, { ...of, horizon }, levels);
            if (view === undefined) continue;
            assert.equal(notFinite(view), undefined);
            assert.equal(view.quantiles.length, levels.length);
            assert.ok(view.volatility >= 0);
            const lowest = [-1, ...view.quantiles];
            assert.ok(view.quantiles.every((quantile, index) => quantile >= (lowest[index] ?? NaN)));
          }
        }
      }
    });
  });
}

/** Without the classes of avsc. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
