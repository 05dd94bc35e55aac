import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCard, RegistryCardError, type RegisteredCard } from "../../../models/registry/card.js";
import { markPublished, pendingOutbox, publishOutbox, requeueLatest } from "../../../models/registry/outbox.js";
import { ModelConflictError, RegistryStore } from "../../../models/registry/store.js";
import { RegistryView } from "../../../models/registry/view.js";
import type { RegistryRecord } from "../../../schemas/generated/types.js";
import { createTestDatabase } from "../../helpers/database.js";

const { database } = await createTestDatabase();
const store = new RegistryStore(database);

const card = (name: string, fields: Record<string, unknown> = {}): RegisteredCard =>
  parseCard(
    { name, version: "1", task: "direction", sha256: "a".repeat(64), featureSet: "fs-test", files: {}, ...fields },
    "model.json",
  );
const champion = (model: string) => [{ arm: "champion", model, share: 1 }];

/** Everything that waits, taken off the outbox. */
async function published(): Promise<RegistryRecord[]> {
  const records: RegistryRecord[] = [];
  while ((await publishOutbox(database, async (sent) => void records.push(...sent))) > 0);
  return records;
}

test("a new model is in ml_models as its users know it, and in the outbox", async () => {
  const full = card("trees", {
    metrics: { auc: 0.58 },
    featureImportance: { rsi: 2 },
    hyperparameters: { depth: 4 },
    trainingSamples: 97_003,
    trainer: { lightgbm: "4.7.0" },
  });
  assert.equal(await store.registerModel(full, "direction/trees/1"), true);
  const [row] = await database.query<Record<string, unknown>>("SELECT * FROM ml_models");
  assert.ok(row);
  const { id, created_at, updated_at, card: kept, ...rest } = row;
  assert.equal(id, "1");
  assert.ok(created_at instanceof Date && updated_at instanceof Date);
  assert.deepEqual(kept, JSON.parse(JSON.stringify(full)));
  assert.deepEqual(rest, {
    version: "trees@1",
    task: "direction",
    model_type: "lightgbm",
    model_path: "direction/trees/1",
    metrics: { auc: 0.58 },
    feature_importance: { rsi: 2 },
    hyperparameters: { depth: 4 },
    training_samples: "97003",
    is_active: true,
    sha256: "a".repeat(64),
    feature_set: "fs-test",
  });
  const [record, ...others] = await published();
  assert.equal(others.length, 0);
  assert.equal(record?.key, "trees@1");
  assert.equal(record?.revision, 1);
  assert.deepEqual(
    { ...record?.model, card: undefined },
    {
      name: "trees",
      version: "1",
      task: "direction",
      path: "direction/trees/1",
      sha256: "a".repeat(64),
      featureSet: "fs-test",
      active: true,
      card: undefined,
    },
  );
});

test("model_type is the algorithm: that of the card, else of its task and its trainer's libraries", async () => {
  const cases = {
    forest: { algorithm: "random_forest", trainer: { lightgbm: "4.7.0" } },
    boosted: { trainer: { xgboost: "3.0.0", numpy: "2.4.6" } },
    encoder: { task: "sentiment", featureSet: undefined },
    unsaid: {},
  };
  for (const [name, fields] of Object.entries(cases)) await store.registerModel(card(name, fields), name);
  const typeOf = async (name: string): Promise<unknown> =>
    (
      await database.query<{ model_type: string }>("SELECT model_type FROM ml_models WHERE version = $1", [`${name}@1`])
    )[0]?.model_type;
  assert.deepEqual(await Promise.all(Object.keys(cases).map(typeOf)), [
    "random_forest",
    "xgboost",
    "transformer",
    "unknown",
  ]);
  // A card that has it now.
  await store.registerModel(card("unsaid", { algorithm: "catboost" }), "unsaid");
  assert.equal(await typeOf("unsaid"), "catboost");
  assert.deepEqual(
    (await published()).map(({ key, model }) => [key, model?.task]),
    [
      ["forest@1", "direction"],
      ["boosted@1", "direction"],
      ["encoder@1", "sentiment"],
      ["unsaid@1", "direction"],
      ["unsaid@1", "direction"],
    ],
  );
});

test("a row that an earlier build writes, or its backup holds, has its task as model_type and is sorted out", async () => {
  await database.query(
    `INSERT INTO ml_models (version, model_type, model_path, sha256, card)
     VALUES ('former@1', 'move', 'former', repeat('c', 64), '{"trainer": {"lightgbm": "4.7.0"}}')`,
  );
  await database.query("UPDATE ml_models SET model_type = 'move', model_path = 'elsewhere' WHERE version = 'former@1'");
  assert.deepEqual(
    await database.query("SELECT task, model_type, model_path FROM ml_models WHERE version = 'former@1'"),
    [{ task: "move", model_type: "lightgbm", model_path: "elsewhere" }],
  );
  await database.query("DELETE FROM ml_models WHERE version = 'former@1'");
});

test("a row that was not registered through Newstape keeps its model_type, and has no task", async () => {
  await database.query(
    "INSERT INTO ml_models (version, model_type, model_path) VALUES ('7', 'random_forest', 'models/7.pkl')",
  );
  assert.deepEqual(await database.query("SELECT task, model_type FROM ml_models WHERE version = '7'"), [
    { task: null, model_type: "random_forest" },
  ]);
});

test("the same model again changes nothing; a changed card is a new revision; another model file is refused", async () => {
  await store.registerModel(card("again"), "again");
  await published();
  assert.equal(await store.registerModel(card("again"), "again"), false);
  assert.deepEqual(await published(), []);
  assert.equal(await store.registerModel(card("again", { metrics: { auc: 0.6 } }), "moved"), false);
  assert.deepEqual(
    (await published()).map(({ key, revision, model }) => [key, revision, model?.path]),
    [["again@1", 2, "moved"]],
  );
  await assert.rejects(store.registerModel(card("again", { sha256: "b".repeat(64) }), "again"), ModelConflictError);
  assert.deepEqual(await published(), []);
});

test("a route names active models of its task, in shares that sum to 1", async () => {
  await store.registerModel(card("one"), "one");
  await store.registerModel(card("two"), "two");
  await store.registerModel(card("mover", { task: "move" }), "mover");
  const halves = [
    { arm: "champion", model: "one@1", share: 0.5 },
    { arm: "challenger", model: "two@1", share: 0.5 },
  ];
  await assert.rejects(store.setRoute("direction", champion("mover@1")), /mover@1 is no active model for direction/);
  await assert.rejects(store.setRoute("direction", champion("nobody@1")), RangeError);
  await assert.rejects(store.setRoute("direction", []), RangeError);
  await assert.rejects(store.setRoute("direction", halves.slice(0, 1)), RangeError);
  await assert.rejects(
    store.setRoute(
      "direction",
      halves.map((arm) => ({ ...arm, share: NaN })),
    ),
    RangeError,
  );
  await assert.rejects(
    store.setRoute(
      "direction",
      halves.map((arm) => ({ ...arm, arm: "same" })),
    ),
    /same name/,
  );
  await published();
  assert.equal(await store.setRoute("direction", halves), true);
  assert.equal(await store.setRoute("direction", halves), false);
  assert.deepEqual(
    (await published()).map(({ key, revision, route }) => [key, revision, route?.arms]),
    [["route:direction", 1, halves]],
  );
  assert.deepEqual(await store.routes(), [{ task: "direction", arms: halves }]);
});

test("a model that serves cannot be deactivated; one that is inactive cannot be routed to", async () => {
  await assert.rejects(store.setActive("two@1", false), /two@1 serves direction/);
  await store.setRoute("direction", champion("one@1"));
  assert.equal(await store.setActive("two@1", false), true);
  assert.equal(await store.setActive("two@1", false), false);
  await assert.rejects(store.setRoute("direction", champion("two@1")), RangeError);
  await assert.rejects(store.setActive("nobody@1", true), RangeError);
  const last = (await published()).at(-1);
  assert.equal(last?.key, "two@1");
  assert.equal(last?.model?.active, false);
  assert.deepEqual(
    (await store.models()).map(({ name, active }) => [name, active]).filter(([name]) => name === "two"),
    [["two", false]],
  );
});

test("changes of one key at once get one revision each, in the order in which they take effect", async () => {
  await store.registerModel(card("left"), "left");
  await store.registerModel(card("right"), "right");
  await published();
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => store.setRoute("direction", champion(index % 2 ? "left@1" : "right@1"))),
  );
  const records = await published();
  const revisions = records.map(({ revision }) => revision);
  assert.deepEqual(
    revisions,
    [...revisions].sort((one, other) => one - other),
  );
  assert.equal(new Set(revisions).size, revisions.length);
  const view = new RegistryView();
  for (const record of records) view.apply(record);
  assert.deepEqual([view.route("direction")], await store.routes());
});

test("a change that is rolled back is not published", async () => {
  const failing = new RegistryStore({
    transaction: (work) =>
      database.transaction(async (client) => {
        await work(client);
        throw new Error("the connection broke before the commit");
      }),
  });
  await assert.rejects(failing.registerModel(card("never"), "never"), /before the commit/);
  assert.deepEqual(await published(), []);
});

test("what could not be sent is sent again, in the same order", async () => {
  await store.registerModel(card("first"), "first");
  await store.registerModel(card("second"), "second");
  await assert.rejects(
    publishOutbox(database, () => Promise.reject(new Error("no broker"))),
    /no broker/,
  );
  assert.deepEqual(
    (await published()).map(({ key }) => key),
    ["first@1", "second@1"],
  );
});

test("only one publisher sends at a time", async () => {
  await store.registerModel(card("single"), "single");
  let other: number | undefined;
  const sent = await publishOutbox(database, async () => {
    other = await publishOutbox(database, () => Promise.reject(new Error("sent twice")));
  });
  assert.deepEqual([sent, other], [1, 0]);
});

test("a lost topic fills again with the newest revision of every key", async () => {
  const waiting = await requeueLatest(database);
  const pending = await database.transaction((client) => pendingOutbox(client, 1000));
  assert.equal(pending.length, waiting);
  assert.equal(new Set(pending.map(({ record }) => record.key)).size, waiting);
  const view = new RegistryView();
  for (const { record } of pending) view.apply(record);
  assert.deepEqual([view.route("direction")], await store.routes());
  assert.deepEqual(
    view
      .models()
      .map(({ name }) => name)
      .sort(),
    (await store.models()).map(({ name }) => name).sort(),
  );
  await database.transaction((client) =>
    markPublished(
      client,
      pending.map(({ id }) => id),
    ),
  );
  assert.deepEqual(await published(), []);
});

test("the error of a card names the fields that are wrong", () => {
  assert.throws(
    () => parseCard({ name: "Trees", version: "1", task: "colour", sha256: "0" }, "trees/model.json"),
    (error: unknown) =>
      error instanceof RegistryCardError &&
      ["trees/model.json", "name", "task", "sha256"].every((word) => error.message.includes(word)),
  );
});
