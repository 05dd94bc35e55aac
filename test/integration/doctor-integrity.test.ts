/** Lost, doubled and contradicting records, as a broken producer leaves them: `status` shows them, `doctor` has the causes. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { startLanding } from "../../pipelines/landing/landing.js";
import { planReset, reset } from "../../pipelines/operations/reset.js";
import { BulkTransaction } from "../../pipelines/runtime/kafka/bulk-transaction.js";
import { topicRecord } from "../../pipelines/runtime/topic-record.js";
import { Metrics } from "../../pipelines/runtime/metrics.js";
import { encodeProgress, noOutcomes } from "../../pipelines/runtime/stage/progress.js";
import { stages } from "../../pipelines/stages/index.js";
import type { FeatureVector } from "../../schemas/generated/types.js";
import { lineageHeaders } from "../../schemas/headers.js";
import { newstape } from "../helpers/cli.js";
import { vector } from "../helpers/landing-records.js";
import { openOperations } from "../helpers/operations.js";
import { createPatient, type Finding, type Patient } from "../helpers/patient.js";

const integrity = ["ledgers", "accounting", "sequences"];

interface Written {
  readonly record: FeatureVector;
  /** Of the input that caused it. */
  readonly trigger: number;
}

const numbered = (sequence: number, fields: Partial<FeatureVector> = {}): Written => ({
  record: vector({ id: `vector-${sequence}`, sequence, asOf: vector().asOf + sequence * 1000, ...fields }),
  trigger: sequence,
});
const range = (from: number, to: number): Written[] =>
  Array.from({ length: to - from + 1 }, (_, index) => numbered(from + index));

/** Writes vectors as the features stage would, and counts them as published. */
async function features(t: TestContext, patient: Patient) {
  const { kafka, admin, names, config } = patient;
  const producer = new BulkTransaction(kafka, names.group("doctor-test"));
  t.after(() => producer.close());
  const codec = await patient.codec("features");
  const encoding = { name: "features", names, partitions: config.partitions, codec } as const;
  // The broker's first group makes its topic of offsets; a transaction does not wait for that.
  await admin.committed(names.group("features"), [names.topic("market.bars")]);
  return async (written: readonly Written[], published: number): Promise<void> => {
    await producer.write(
      written.map(({ record, trigger }) =>
        topicRecord(encoding, record, { [lineageHeaders.trigger]: `market.bars/0/${trigger}` }),
      ),
      {
        groupId: names.group("features"),
        offsets: [
          {
            topic: names.topic("market.bars"),
            partition: 0,
            offset: 0,
            metadata: encodeProgress({ outcomes: noOutcomes(), outputs: [published] }),
          },
        ],
      },
    );
  };
}

/** Lands all records of the topics. */
async function land({ config, environment, kafka, logger }: Patient): Promise<void> {
  const landing = await startLanding({
    config: { ...config, databaseUrl: environment.DATABASE_URL ?? "" },
    kafka,
    logger,
    metrics: new Metrics(),
    drain: true,
  });
  await landing.done;
  await landing.stop();
}

const summaries = (findings: readonly Finding[] | undefined): string =>
  (findings ?? []).map(({ severity, summary }) => `${severity} ${summary}`).join("\n");

test("a lost, a doubled and a contradicting record: each is reported with its cause, and status shows them", async (t) => {
  const patient = await createPatient(t);
  const write = await features(t, patient);
  const doubled = numbered(3);
  const contradicting = { ...numbered(4, { close: 1 }), trigger: 9 };
  const kept = range(1, 12).filter(({ trigger }) => trigger !== 5 && trigger !== 6);
  await write([...kept, doubled, contradicting], 12);
  await land(patient);

  const { code, faults } = await patient.examine(...integrity);
  assert.equal(code, 1);
  const found = faults.get("ledgers") ?? [];
  assert.match(
    summaries(found),
    /^error 1 id has two contents in features \(for example vector-4 at \d+\/3 and \d+\/11/m,
  );
  assert.match(
    summaries(found),
    /^error 1 record stands twice in features \(for example vector-3 at \d+\/2 and \d+\/10/m,
  );
  const [conflict, twice] = found;
  assert.match(conflict?.explanation ?? "", /two inputs .*market\.bars\/0\/4, market\.bars\/0\/9/);
  assert.match(twice?.explanation ?? "", /both were caused by market\.bars\/0\/3: exactly-once was broken/);

  assert.match(
    summaries(faults.get("accounting")),
    /^error 2 records that features published are not in features: .* 12, .* 10$/,
  );
  assert.match(faults.get("accounting")?.[0]?.explanation ?? "", /2 records stand there twice/);
  assert.match(
    summaries(faults.get("sequences")),
    /^error features: 2 numbers are missing in `sequence`: AAPL 5–6 \(2\)$/,
  );
  assert.match(faults.get("sequences")?.[0]?.explanation ?? "", /lost in the topic/);
  for (const finding of [...faults.values()].flat()) assert.ok(finding.explanation && finding.fix);

  const status = await newstape(patient.environment, ["status"]);
  assert.equal(status.code, 1, status.stderr);
  assert.match(status.stdout, /ERROR accounting: 2 records that features published are not in features/);
  assert.match(status.stdout, /ERROR ledgers: 1 id has two contents in features/);
  assert.match(status.stdout, /ERROR ledgers: 1 record stands twice in features/);
  assert.match(status.stdout, /WARNING sequences: features: 2 numbers are missing .*AAPL 5–6/);
  assert.match(status.stdout, /newstape doctor --fix-hints --only accounting ledgers sequences/);
  const json = JSON.parse((await newstape(patient.environment, ["status", "--json"])).stdout) as {
    integrity: unknown[];
  };
  assert.equal(json.integrity.length, 4);
});

test("a landing that begins again, or is behind, and a stage that was reset are no faults", async (t) => {
  const patient = await createPatient(t);
  const write = await features(t, patient);
  const { access, close } = openOperations(patient.config, stages);
  t.after(close);
  await write(range(1, 5), 5);
  await land(patient);
  await reset(access, await planReset(access, "landing"));
  await land(patient);
  assert.deepEqual([...(await patient.examine(...integrity)).faults], [], "everything was delivered twice");

  await write(range(6, 8), 8);
  const behind = await patient.examine(...integrity);
  assert.deepEqual([...behind.faults], []);
  assert.match(summaries(behind.findings.get("accounting")), /the landing is behind: features/);

  await reset(access, await planReset(access, "features"));
  await write(range(1, 9), 9);
  await land(patient);
  const again = await patient.examine(...integrity);
  assert.deepEqual([...again.faults], [], "the same was published anew, at other places");
  assert.match(summaries(again.findings.get("accounting")), /balanced: .*features/);
  assert.equal((await newstape(patient.environment, ["status"])).code, 0);

  await reset(access, await planReset(access, "features"));
  await write([...range(1, 8), numbered(9, { close: 1 })], 9);
  await land(patient);
  const otherwise = (await patient.examine(...integrity)).faults.get("ledgers") ?? [];
  assert.match(summaries(otherwise), /^warning 1 id has two contents in features/);
  assert.match(otherwise[0]?.explanation ?? "", /a reset had emptied the topic/);
});

test("rows that the topic has and the database has not, and numbers that were passed without a record", async (t) => {
  const patient = await createPatient(t);
  const write = await features(t, patient);
  await write([...range(1, 8), ...range(12, 14)], 11);
  await land(patient);
  const { code, faults, findings } = await patient.examine(...integrity);
  assert.deepEqual([...faults], [], "a rebuild counts on without publishing");
  assert.equal(code, 0);
  assert.match(summaries(findings.get("sequences")), /features AAPL 9–11 \(3\) passed without a record/);

  await patient.database.query("DELETE FROM features WHERE sequence IN (2, 3)");
  const missing = (await patient.examine(...integrity)).faults.get("sequences") ?? [];
  assert.match(summaries(missing), /^error features: 2 numbers are missing in `sequence`: AAPL 2–3 \(2\)$/);
  assert.match(missing[0]?.explanation ?? "", /the landing stands beyond them/);
  assert.match(missing[0]?.fix ?? "", /newstape reset landing/);
  const { access, close } = openOperations(patient.config, stages);
  t.after(close);
  await reset(access, await planReset(access, "landing"));
  const pending = await patient.examine("sequences");
  assert.deepEqual([...pending.faults], [], "the landing will come to them");
  await land(patient);
  assert.deepEqual([...(await patient.examine(...integrity)).faults], [], "the remedy of the finding mends it");
});
