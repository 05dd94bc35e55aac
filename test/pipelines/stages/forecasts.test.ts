/** The stage restores what a build without versions left in its changelog. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type avro from "avsc";
import { stateVersion } from "../../../operators/forecasts/state-version.js";
import { parseSchema } from "../../../pipelines/runtime/avro-types.js";
import { RecordCodec } from "../../../pipelines/runtime/codec.js";
import { ChangelogRestore } from "../../../pipelines/runtime/stage/restore.js";
import { StateStore } from "../../../pipelines/runtime/stage/state-store.js";
import { forecastsStage } from "../../../pipelines/stages/forecasts.js";
import { packageRoot } from "../../../schemas/files.js";
import type { ForecastsState } from "../../../schemas/generated/types.js";
import { MemoryRegistry } from "../../helpers/memory-registry.js";

const fixtures = join(packageRoot, "test/fixtures/forecasts-state");
const read = (file: string): unknown => JSON.parse(readFileSync(join(fixtures, file), "utf8"));

test("a changelog without versions is carried over, warm", async () => {
  const { states } = read("version-0.json") as { states: Record<string, string> };
  const writerId = 7;
  const writer = parseSchema(read("version-0.avsc") as avro.Schema);
  const registry = new MemoryRegistry(new Map([[writerId, writer]]));
  const codec = await RecordCodec.open<unknown>(registry.client, "forecasts.state", forecastsStage.stateSchema ?? "");
  const head = Buffer.alloc(5);
  head.writeInt32BE(writerId, 1);
  const topic = "forecasts.state";
  const records = Object.entries(states).map(([key, bytes], offset) => {
    const value = Buffer.concat([head, Buffer.from(bytes, "base64")]);
    return { topic, partition: 0, offset, timestamp: 0, key, value, headers: {} };
  });
  const restore = new ChangelogRestore(0, records.length);
  restore.push({ topic, partition: 0, fetchedOffset: 0, nextOffset: records.length, records });
  const store = new StateStore<unknown>();
  await restore.into(store, codec, forecastsStage);
  assert.ok(store.size > 0);
  assert.equal(store.size, Object.keys(states).length);
  for (const key of Object.keys(states)) {
    const { version, current } = store.get(key) as ForecastsState;
    assert.equal(version, stateVersion);
    for (const { bars } of Object.values(current.methods)) assert.equal(bars, current.bars);
    assert.deepEqual(Object.keys(current.methods), ["naive", "har"]);
  }
});
