/** Each part of the pipeline under a user of its own, on a broker that allows nothing that no rule allows. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { auditPipeline } from "../../pipelines/operations/audit.js";
import { readConfig } from "../../pipelines/config.js";
import { AccessAdmin, type AccessRule } from "../../pipelines/runtime/kafka/access-admin.js";
import { ClusterAdmin } from "../../pipelines/runtime/kafka/admin.js";
import { createKafka, type Kafka } from "../../pipelines/runtime/kafka/client.js";
import { faultType } from "../../pipelines/runtime/kafka/errors.js";
import { PartitionLog } from "../../pipelines/runtime/kafka/partition-log.js";
import { PlainProducer, TransactionalProducer } from "../../pipelines/runtime/kafka/producers.js";
import { createLogger } from "../../pipelines/runtime/logger.js";
import { namesUnder } from "../../pipelines/runtime/names.js";
import { stages } from "../../pipelines/stages/index.js";
import { parts } from "../../pipelines/stages/parts.js";
import { accessRules, roles } from "../../pipelines/operations/topics/access.js";
import { newstape } from "../helpers/cli.js";
import { cloneDatabase } from "../helpers/database.js";
import { sliceFiles } from "../helpers/pipeline.js";
import { startSecuredKafka } from "../helpers/secured-kafka.js";

const prefix = `t${randomBytes(4).toString("hex")}.`;
const names = namesUnder(prefix);
const userOf = (role: string): string => `newstape-${role}`;

test("access rules: what each part needs, and nothing else", async (t) => {
  const users = [...roles(prefix, parts).map(({ name }) => userOf(name)), "stranger", "half-features"];
  const [broker, database] = await Promise.all([startSecuredKafka(t, users), cloneDatabase()]);
  t.after(database.close);
  const directory = mkdtempSync(join(tmpdir(), "newstape-access-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  /** Lines of other symbols are refused: exit code 3. */
  const ingest = async (kind: string, file: string, ...list: string[]): Promise<void> => {
    const parameters = ["ingest", kind, file, "--symbols", symbols(...list), "--origin", "backfill"];
    const { code, stderr } = await as(userOf("ingest"), ...parameters);
    assert.equal(code, 3, stderr);
  };
  const symbols = (...list: string[]): string => {
    const file = join(directory, `${list.join("-")}.txt`);
    writeFileSync(file, list.join("\n"));
    return file;
  };
  const environmentOf = (user?: string): NodeJS.ProcessEnv => ({
    ...broker.environmentOf(user),
    DATABASE_URL: database.url,
    NEWSTAPE_TOPIC_PREFIX: prefix,
    NEWSTAPE_PARTITIONS: "2",
    NEWSTAPE_DATA: directory,
    NEWSTAPE_LOG_LEVEL: "silent",
  });
  const as = (user: string | undefined, ...command: string[]) => newstape(environmentOf(user), command);
  const succeeds = async (user: string | undefined, ...command: string[]): Promise<string> => {
    const { code, stdout, stderr } = await as(user, ...command);
    assert.equal(code, 0, `${user}: ${command.join(" ")}: ${stderr}`);
    return stdout;
  };
  const kafkaOf = (user?: string): Kafka => {
    const config = readConfig(environmentOf(user));
    return createKafka(config, createLogger("silent"), "test", { initialRetryTime: 5, maxRetryTime: 100, retries: 2 });
  };
  const plan = async () => {
    const { access } = JSON.parse(await succeeds(undefined, "topics", "plan", "--acls", "--json")) as {
      access: { missing: AccessRule[]; others: AccessRule[] };
    };
    return access;
  };
  const desired = accessRules(roles(prefix, parts));
  const admin = new AccessAdmin(kafkaOf());
  t.after(() => admin.close());

  await t.test("`topics apply --acls` makes all of them, once; a stranger may do nothing", async () => {
    assert.equal((await plan()).missing.length, desired.length);
    await succeeds(undefined, "topics", "apply", "--acls");
    assert.deepEqual(await plan(), { missing: [], others: [] });
    const again = JSON.parse(await succeeds(undefined, "topics", "apply", "--acls", "--json")) as object;
    assert.deepEqual(again, { changes: [], access: { missing: [], others: [] } });
    const refused = await as("stranger", "topics", "apply", "--acls");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /refuses what user stranger asks for: .*topics? /);
  });

  await t.test("the whole pipeline runs, each part under its own user, and the accounting balances", async () => {
    await succeeds(userOf("operations"), "models", "register");
    for (const [kind, file] of [
      ["news", sliceFiles.newsFile],
      ["bars", sliceFiles.barsFile],
    ] as const) {
      await ingest(kind, file, "MMM", "HON");
    }
    for (const { name } of stages) await succeeds(userOf(name), "run", name, "--drain");
    await succeeds(userOf("landing"), "run", "landing", "--drain");
    const context = {
      config: readConfig(environmentOf(userOf("operations"))),
      logger: createLogger("silent"),
      kafka: kafkaOf(userOf("operations")),
      names,
      parts,
    };
    const [cluster, log] = [new ClusterAdmin(context.kafka), new PartitionLog(context.kafka)];
    const { problems, records } = await auditPipeline({ ...context, admin: cluster, log });
    await Promise.all([cluster.close(), log.close()]);
    assert.deepEqual(problems, []);
    assert.ok((records.get("signals") ?? 0) > 50, `${records.get("signals")} signals`);
    const tail = await succeeds(userOf("reader"), "tail", "signals", "--from-beginning", "--count", "1");
    assert.match(tail, /"direction"/);
    await succeeds(userOf("operations"), "replay", "--verify");
  });

  await t.test("no user reads, writes, commits or fences what is another's", async () => {
    const kafka = kafkaOf(userOf("scores"));
    const refusedWith = (type: string) => (error: unknown) => {
      assert.equal(faultType(error), type, String(error));
      return true;
    };
    const refuses = async (type: string, attempt: () => Promise<unknown>) =>
      assert.rejects(async () => attempt(), refusedWith(type));
    const record = { partition: 0, key: "X", value: Buffer.from("x") };
    for (const topic of [names.topic("features"), names.topic("forecasts"), names.changelog("features")]) {
      const producer = new PlainProducer(kafka);
      await refuses("TOPIC_AUTHORIZATION_FAILED", () => producer.send([{ topic, ...record }]));
      await producer.close();
    }
    const log = new PartitionLog(kafka);
    await refuses("TOPIC_AUTHORIZATION_FAILED", () => log.bounds(names.topic("market.bars")));
    await log.close();
    const fencing = new TransactionalProducer(kafka, names.transactionalId("features", 0));
    await refuses("TRANSACTIONAL_ID_AUTHORIZATION_FAILED", () => fencing.fence());
    await fencing.close();
    const own = new TransactionalProducer(kafka, names.transactionalId("scores", 0));
    await own.fence();
    await refuses("GROUP_AUTHORIZATION_FAILED", () =>
      own.commit([], names.group("features"), [{ topic: names.topic("features"), partition: 0, offset: 0 }]),
    );
    await own.close();
    const cluster = new ClusterAdmin(kafka);
    await refuses("TOPIC_AUTHORIZATION_FAILED", () => cluster.deleteTopics([names.topic("scores")]));
    await cluster.close();
    const reader = new PlainProducer(kafkaOf(userOf("reader")));
    // It may write to no topic at all, and so gets no number as a producer.
    await refuses("CLUSTER_AUTHORIZATION_FAILED", () => reader.send([{ topic: names.topic("signals"), ...record }]));
    await reader.close();
  });

  await t.test(
    "a stage that lacks a right ends with that error, whether it lacks it at the start or at its first output",
    async () => {
      const wrong = await as(userOf("scores"), "run", "features", "--drain");
      assert.equal(wrong.code, 1);
      assert.match(wrong.stderr, /topics apply --acls|topics plan --acls/);
      const ofFeatures = accessRules(
        roles(prefix, parts).filter(({ name }) => name === "features"),
        "User:half-{role}",
      );
      const output = names.topic("features");
      await admin.create(ofFeatures.filter(({ name, operation }) => !(name === output && operation === "WRITE")));
      await admin.create([
        {
          ...(ofFeatures[0] as AccessRule),
          resource: "TOPIC",
          pattern: "LITERAL",
          name: output,
          operation: "DESCRIBE",
        },
      ]);
      await ingest("bars", sliceFiles.barsFile, "ABB");
      const half = await as("half-features", "run", "features", "--drain");
      assert.equal(half.code, 1);
      assert.match(half.stderr, /TOPIC_AUTHORIZATION_FAILED/);
      assert.match(half.stderr, /topics plan --acls/);
    },
  );

  await t.test("rules that others made are shown, and stay", async () => {
    const { missing, others } = await plan();
    assert.deepEqual(missing, []);
    assert.ok(others.length > 5 && others.every(({ principal }) => principal === "User:half-features"));
    await succeeds(undefined, "topics", "apply", "--acls");
    assert.equal((await plan()).others.length, others.length);
  });

  await t.test("a wrong password is reported as what it is", async () => {
    const { code, stderr } = await newstape({ ...environmentOf("stranger"), KAFKA_SASL_PASSWORD: "wrong" }, ["status"]);
    assert.equal(code, 1);
    assert.match(stderr, /does not let user \S+ in/);
    assert.match(stderr, /KAFKA_SASL_PASSWORD/);
  });
});

test("a broker without an authorizer is reported as having none", async () => {
  const { code, stderr } = await newstape({ ...process.env, NEWSTAPE_TOPIC_PREFIX: prefix }, [
    "topics",
    "plan",
    "--acls",
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /no authorizer/);
  assert.match(stderr, /authorizer\.class\.name/);
});
