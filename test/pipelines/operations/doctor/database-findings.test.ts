import assert from "node:assert/strict";
import { test } from "node:test";
import { imbalanceFinding } from "../../../../pipelines/operations/doctor/accounting.js";
import { databaseClock } from "../../../../pipelines/operations/doctor/clocks.js";
import type { GapCause } from "../../../../pipelines/operations/doctor/gap-evidence.js";
import { auditFinding, ledgers, type AuditGroup } from "../../../../pipelines/operations/doctor/ledgers.js";
import { outbox, routeFindings } from "../../../../pipelines/operations/doctor/models.js";
import { diskFinding } from "../../../../pipelines/operations/doctor/disk.js";
import { nodeFinding } from "../../../../pipelines/operations/doctor/runtimes.js";
import { sequenceTables, type Gap } from "../../../../pipelines/operations/doctor/sequence-gaps.js";
import { gapFinding, lookedAt } from "../../../../pipelines/operations/doctor/sequences.js";
import { migrationFindings, tables } from "../../../../pipelines/operations/doctor/tables.js";
import type { Check } from "../../../../pipelines/operations/doctor/index.js";
import { fingerprint, readDefinitions } from "../../../../pipelines/runtime/database/definitions.js";
import { migrationDirectory, readMigrations } from "../../../../pipelines/runtime/database/migrations.js";
import { fakeSurroundings } from "../../../helpers/fake-surroundings.js";

/** @param rows by a part of the query for them */
async function findingsOf(check: Check, rows: Readonly<Record<string, readonly unknown[]>>): Promise<string[]> {
  const { cluster, surroundings } = fakeSurroundings();
  for (const [part, found] of Object.entries(rows)) cluster.rows.set(part, found);
  return (await check.run(surroundings)).map(({ severity, summary }) => `${severity} ${summary}`);
}

test("tables: never migrated, dropped since, roles that are missing or not given", async () => {
  const applied = readMigrations("postgresql").map(({ name, sha256 }) => ({ name, sha256 }));
  const roles = (may: boolean) => ["newstape_landing", "newstape_reader"].map((rolname) => ({ rolname, may }));
  const noRows = { query: async () => ({ rows: [], rowCount: 0 }) };
  const definitions = await Promise.all(
    readDefinitions(migrationDirectory).map(async (definition) => ({
      file: definition.file,
      sha256: await fingerprint(noRows, definition),
    })),
  );
  const whole = {
    "to_regclass('newstape_definitions')": [{ is_there: true }],
    "FROM newstape_definitions": definitions,
    "to_regclass('newstape_migrations')": [{ found: "newstape_migrations" }],
    "FROM newstape_migrations": applied,
    pg_has_role: roles(true),
  };
  assert.deepEqual(await findingsOf(tables, {}), ["error the database holds no tables of Newstape"]);
  assert.deepEqual(await findingsOf(tables, whole), [
    `ok ${applied.length} migrations, all tables and roles are there`,
  ]);
  const behind = await findingsOf(tables, { ...whole, "FROM newstape_definitions": definitions.slice(1) });
  assert.match(behind[0] ?? "", /^warning .*views and functions are behind/);
  const dropped = await findingsOf(tables, { ...whole, "unnest($1::text[])": [{ name: "signals" }] });
  assert.deepEqual(dropped, ["error tables are missing: signals"]);
  assert.deepEqual(await findingsOf(tables, { ...whole, pg_has_role: [] }), [
    "warning the roles newstape_landing, newstape_reader are missing",
  ]);
  assert.deepEqual(await findingsOf(tables, { ...whole, pg_has_role: roles(false) }), [
    "warning this user is no member of newstape_landing",
  ]);
});

test("migrations: those that are pending, of a later build, or changed afterwards", () => {
  const [one, two, three] = ["1", "2", "3"].map((name) => ({ name, sha256: name }));
  assert.ok(one && two && three);
  const summaries = migrationFindings([one, { ...two, sha256: "x" }, three], [one, two, { name: "4", sha256: "4" }]);
  assert.deepEqual(
    summaries.map(({ severity, summary }) => `${severity} ${summary}`),
    [
      "error 1 migrations are not applied: 4",
      "error the database is ahead: this build does not know 3",
      "error the migration 2 was changed after it had been applied",
    ],
  );
});

test("database clock: beyond two seconds either way", async () => {
  const at = async (ms: number) =>
    (await findingsOf(databaseClock, { clock_timestamp: [{ now: new Date(Date.now() + ms) }] }))[0];
  assert.match((await at(0)) ?? "", /^ok /);
  assert.match((await at(60_000)) ?? "", /^warning the database's clock is \d+\.\d s ahead/);
  assert.match((await at(-60_000)) ?? "", /^warning the database's clock is \d+\.\d s behind/);
});

test("outbox: changes that are not published", async () => {
  const relation = { "to_regclass('registry_outbox')": [{ found: "registry_outbox" }] };
  assert.deepEqual(await findingsOf(outbox, {}), ["error there is no table registry_outbox"]);
  assert.deepEqual(await findingsOf(outbox, { ...relation, "count(*)": [{ count: "0" }] }), [
    "ok everything is published",
  ]);
  assert.deepEqual(await findingsOf(outbox, { ...relation, "count(*)": [{ count: "3" }] }), [
    "warning 3 changes of models or routes are not published",
  ]);
});

test("routes: a task without one, an arm whose model is not registered, an experiment without a champion", () => {
  const route = (...arms: [arm: string, model: string, share: number][]) => ({
    task: "direction",
    revision: 1,
    salt: "",
    arms: arms.map(([arm, model, share]) => ({ arm, model, share })),
  });
  const summaries = (...arms: Parameters<typeof route>) =>
    routeFindings({ routes: [route(...arms)], models: [{ name: "a", version: "1" }] } as never, ["direction"]).map(
      ({ severity, summary }) => `${severity} ${summary}`,
    );
  assert.deepEqual(summaries(["champion", "a@1", 1]), []);
  assert.deepEqual(summaries(["champion", "a@1", 0.5], ["challenger", "b@1", 0.5]), [
    "error the route of direction names b@1 (challenger), which is not registered",
  ]);
  assert.deepEqual(summaries(["challenger", "a@1", 1]), ["warning the route of direction has no champion"]);
  assert.equal(routeFindings({ routes: [], models: [] }, ["move"])[0]?.summary, "no model serves the task move");
});

const group = (fields: Partial<AuditGroup>): AuditGroup => ({
  kind: "conflict",
  topic: "features",
  table: "features",
  cause: "not known",
  count: 2,
  id: "v1",
  place: "0/7",
  first: "0/3",
  trigger: "market.bars/0/5",
  firstTrigger: "market.bars/0/5",
  reason: "why",
  ...fields,
});

test("ledgers: what breaks a promise is an error, what a reset explains is a warning", async () => {
  const severity = (fields: Partial<AuditGroup>) => auditFinding(group(fields)).severity;
  for (const cause of ["not known", "same input", "two inputs"] as const)
    assert.equal(severity({ cause }), "error", cause);
  for (const cause of ["published anew", "same place"] as const) assert.equal(severity({ cause }), "warning", cause);
  assert.equal(severity({ kind: "doubled", cause: "same input" }), "error");
  assert.equal(severity({ kind: "refused", cause: "refused", first: null }), "error");
  // An article that came again after 30 days is no fault of a stage.
  assert.equal(severity({ kind: "doubled", cause: "two inputs", topic: "news.sentiment" }), "warning");
  assert.match(auditFinding(group({ cause: "same input" })).explanation ?? "", /exactly-once was broken/);
  assert.deepEqual(await findingsOf(ledgers, {}), ["error there is no table landing_audit of this build"]);
});

test("accounting: records that are missing, and records that no stage published", () => {
  const imbalance = { kind: "imbalance", topic: "features", stage: "features", published: 1010, read: 1000 } as const;
  const missing = imbalanceFinding({ ...imbalance, missing: 10, twice: 0 }, " The database has nothing for a.");
  assert.match(missing.summary, /^10 records that features published are not in features: .* 1,010, .* 1,000$/);
  assert.match(missing.explanation ?? "", /The database has nothing for a\.$/);
  const extra = imbalanceFinding({ ...imbalance, missing: -1, twice: 2 }, "");
  assert.match(extra.summary, /holds 1 record more than features published/);
  assert.match(extra.explanation ?? "", /Besides, 2 records stand there twice/);
});

const gap: Gap = {
  of: "AAPL",
  from: 5,
  to: 6,
  missing: 2,
  audited: 0,
  before: { partition: 0, offset: 10 },
  after: { partition: 0, offset: 20 },
};

test("sequences: only what no other check reports is a finding", () => {
  const [, vectors, scores] = sequenceTables;
  assert.ok(vectors && scores);
  const severity = (cause: GapCause, table = vectors) => gapFinding(table, cause, [gap])?.severity;
  for (const cause of ["passed over", "undecodable", "lost"] as const) assert.equal(severity(cause), "error", cause);
  for (const cause of ["not judged", "skipped", "audited", "not landed yet"] as const)
    assert.equal(severity(cause), undefined, cause);
  assert.equal(severity("absent"), "unknown");
  assert.deepEqual([severity("deleted"), severity("deleted", scores)], ["warning", undefined]);
  assert.match(gapFinding(vectors, "lost", [gap])?.summary ?? "", /features: 2 numbers are missing .* AAPL 5–6 \(2\)/);
});

test("the machine: a full disk, an old Node", () => {
  const gibibyte = 1024 ** 3;
  const severities = [10, 1, 0.1].map((free) => diskFinding("/data", free * gibibyte).severity);
  assert.deepEqual(severities, ["ok", "warning", "error"]);
  const nodes = ["v18.20.0", "v20.11.9", "v20.12.0", "v22.0.0"].map((version) => nodeFinding(version).severity);
  assert.deepEqual(nodes, ["error", "error", "ok", "ok"]);
});

test("what was searched for gaps is said with its units", () => {
  const features = { table: "features", within: ["symbol"] } as const;
  assert.equal(lookedAt(features, { rows: 1, series: 1 }), "features 1 row of 1 symbol");
  assert.equal(lookedAt(features, { rows: 31_200, series: 86 }), "features 31,200 rows of 86 symbols");
  assert.equal(
    lookedAt({ table: "market_context", within: ["interval", "calendar"] }, { rows: 0, series: 0 }),
    "market_context 0 rows of 0 series by interval and calendar",
  );
});
