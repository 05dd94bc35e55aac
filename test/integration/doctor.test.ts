/** `newstape doctor` on a real stack: no finding where all is well, and the fault that was made where one was made. */
import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { BulkTransaction } from "../../pipelines/runtime/kafka/bulk-transaction.js";
import { stages } from "../../pipelines/stages/index.js";
import { newstape } from "../helpers/cli.js";
import { openOperations } from "../helpers/operations.js";
import { createPatient, onlyFault } from "../helpers/patient.js";
import { fixtureBars } from "../helpers/records.js";
import { rejectHeaders } from "../../schemas/headers.js";

test("a pipeline on which all is well: no finding, exit code 0", async (t) => {
  const { examine } = await createPatient(t);
  // The test stack's disk and runtimes are the machine's business.
  const { code, faults } = await examine(
    ...["topics", "replication", "schemas", "tables", "models", "outbox", "operations", "transactions", "rejects"],
    ...["ledgers", "accounting", "sequences"],
  );
  assert.deepEqual([...faults], []);
  assert.equal(code, 0);
});

test("records wait and no member is there: the group is named, with how many", async (t) => {
  const patient = await createPatient(t);
  await patient.publish("market.bars", fixtureBars("AAPL", 7));
  const { faults } = await patient.examine("groups");
  const found = faults.get("groups") ?? [];
  const features = found.find(({ summary }) => summary.includes("features"));
  assert.ok(features, JSON.stringify(found));
  assert.match(features.summary, /7/);
  assert.match(features.fix ?? "", /newstape run/);
});

test("a deleted topic, and what a topic has been set to", async (t) => {
  const { admin, names, environment, examine } = await createPatient(t);
  await admin.deleteTopics([names.topic("scores")]);
  const missing = await examine("topics");
  assert.equal(missing.code, 1);
  const findings = missing.faults.get("topics") ?? [];
  assert.match(findings[0]?.summary ?? "", /topics are missing: .*scores/);
  assert.match(findings[0]?.fix ?? "", /newstape topics apply/);

  await admin.changeConfig(names.topic("signals"), { "cleanup.policy": "compact" });
  const compacted = (await examine("topics")).faults.get("topics") ?? [];
  const policy = compacted.find(({ summary }) => summary.includes("signals: cleanup.policy is compact, not delete"));
  assert.equal(policy?.severity, "error");
  assert.match(policy?.explanation ?? "", /lost to compaction/);

  const applied = await newstape(environment, ["topics", "apply", "--json"]);
  assert.equal(applied.code, 0, applied.stderr);
  const mended = await examine("topics");
  assert.deepEqual([...mended.faults], [], "the remedies of the findings mend them");
});

test("an artefact that is not what was registered, and a registry that was never published", async (t) => {
  const { config, database, examine } = await createPatient(t);
  await database.query(
    "UPDATE registry_outbox SET published_at = NULL WHERE id = (SELECT max(id) FROM registry_outbox)",
  );
  const waiting = onlyFault(await examine("outbox"), "outbox");
  assert.equal(waiting.severity, "warning");
  assert.match(waiting.summary, /^1 changes of models or routes are not published/);

  const [model] = (await readdir(config.artifactDirectory, { recursive: true })).filter(
    (file) => file.includes("direction") && file.includes("1.2.0") && file.endsWith(".onnx"),
  );
  assert.ok(model);
  await writeFile(join(config.artifactDirectory, model), "spoilt");
  const diagnosis = await examine("models");
  assert.equal(diagnosis.code, 1);
  const spoilt = onlyFault(diagnosis, "models");
  assert.match(spoilt.summary, /lgbm-direction@1\.2\.0.* is not what was registered/);
});

test("rejected records, an interrupted operation", async (t) => {
  const patient = await createPatient(t);
  const { kafka, names, config, examine } = patient;
  const { access, close } = openOperations(config, stages);
  t.after(close);
  const producer = new BulkTransaction(kafka, names.group("doctor-test"));
  t.after(() => producer.close());
  const type = { topic: names.rejected("features"), partition: 0, key: "AAPL", value: Buffer.from("bytes") };
  await producer.write([
    { ...type, headers: { [rejectHeaders.code]: "BAR_TOO_OLD", [rejectHeaders.reason]: "for a test" } },
  ]);
  const rejected = onlyFault(await examine("rejects"), "rejects");
  assert.match(JSON.stringify(rejected), /features rejected 1 records within a day \(1 BAR_TOO_OLD/);

  const note = { command: "reset features", startedAt: "2026-01-02T03:04:05.000Z" };
  await producer.write([], {
    groupId: names.group("operations"),
    offsets: [{ topic: names.topic("news.raw"), partition: 0, offset: 0, metadata: JSON.stringify(note) }],
  });
  const unfinished = onlyFault(await examine("operations"), "operations");
  assert.match(unfinished.summary, /reset features/);
  assert.match(unfinished.fix ?? "", /newstape reset features/);
  await access.operations.deleteGroups([names.group("operations")]);
});

test("tables of another build", async (t) => {
  const { database, examine } = await createPatient(t);
  await database.query("ALTER TABLE signals ADD COLUMN by_hand double precision");
  const behind = onlyFault(await examine("tables"), "tables");
  assert.match(behind.summary, /behind: latest_signals, signals_as_of/);
  assert.equal(behind.fix, "newstape migrate");
  await database.query("ALTER TABLE signals RENAME TO signals_before");
  const { code, faults } = await examine("tables");
  assert.equal(code, 1);
  assert.match(JSON.stringify(faults.get("tables")), /signals/);
});
