import assert from "node:assert/strict";
import { test } from "node:test";
import { RecordCodec } from "../../../pipelines/runtime/codec.js";
import { UserError } from "../../../pipelines/runtime/errors.js";
import { ChangelogRestore } from "../../../pipelines/runtime/stage/restore.js";
import { StateStore } from "../../../pipelines/runtime/stage/state-store.js";
import type { FeaturesState } from "../../../schemas/generated/types.js";
import { MemoryRegistry } from "../../helpers/memory-registry.js";

const stateOf = (version: number): FeaturesState => ({
  version,
  interval: "1m",
  asOf: 1,
  sequence: 7,
  series: null,
  news: null,
  market: null,
  held: null,
  calendar: "XNYS",
});

/** A changelog with one state of this version, restored by a build with that one. */
async function restore(
  version: number,
  stage: { stateVersion?: number; stateUpgrades?: Record<number, (state: object) => object> },
): Promise<unknown> {
  const codec = await RecordCodec.open<unknown>(new MemoryRegistry().client, "features.state", "features.state.avsc");
  const value = Buffer.from(codec.encode(stateOf(version)));
  const log = new ChangelogRestore(0, 1);
  const record = { topic: "features.state", partition: 0, offset: 0, timestamp: 0, key: "AAPL", value, headers: {} };
  log.push({ topic: "features.state", partition: 0, fetchedOffset: 0, nextOffset: 1, records: [record] });
  const state = new StateStore<unknown>();
  await log.into(state, codec, { name: "features", ...stage });
  return { ...(state.get("AAPL") as object) };
}

const refusal = (message: RegExp, remedy: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError, String(error));
  assert.match(error.message, message);
  assert.match(error.remedy ?? "", remedy);
  return true;
};

test("a state of this version, or of a stage without versions, is taken as it is", async () => {
  assert.deepEqual(await restore(2, { stateVersion: 2 }), stateOf(2));
  assert.deepEqual(await restore(2, {}), stateOf(2));
});

test("an older state goes through every upgrade up to this version", async () => {
  const restored = await restore(1, {
    stateVersion: 3,
    stateUpgrades: {
      1: (state) => ({ ...state, interval: "1d" }),
      2: (state) => ({ ...state, sequence: (state as FeaturesState).sequence + 1 }),
    },
  });
  assert.deepEqual(restored, { ...stateOf(3), interval: "1d", sequence: 8 });
});

test("an older state without an upgrade must be rebuilt", async () => {
  const stage = { stateVersion: 3, stateUpgrades: { 2: (state: object) => state } };
  await assert.rejects(restore(1, stage), refusal(/is of version 1 .* needs version 3/, /newstape rebuild features/));
});

test("a newer state is refused, and it is not the rebuild that comes first", async () => {
  const stage = { stateVersion: 2, stateUpgrades: { 3: (state: object) => state } };
  await assert.rejects(restore(3, stage), refusal(/version 3 .*a newer build wrote it/, /^Run the newer build\./));
});
