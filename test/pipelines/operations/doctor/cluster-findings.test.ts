import assert from "node:assert/strict";
import { test } from "node:test";
import type { Check, Surroundings } from "../../../../pipelines/operations/doctor/index.js";
import { brokerClock } from "../../../../pipelines/operations/doctor/clocks.js";
import { missingRequests } from "../../../../pipelines/operations/doctor/kafka.js";
import { lagOf } from "../../../../pipelines/operations/lag.js";
import { operations } from "../../../../pipelines/operations/doctor/operations.js";
import { registry } from "../../../../pipelines/operations/doctor/registry.js";
import { rejects } from "../../../../pipelines/operations/doctor/rejects.js";
import { schemas } from "../../../../pipelines/operations/doctor/schemas.js";
import { topics } from "../../../../pipelines/operations/doctor/topics.js";
import { transactions } from "../../../../pipelines/operations/doctor/transactions.js";
import { subjectOf } from "../../../../pipelines/runtime/codec.js";
import { fakeSurroundings } from "../../../helpers/fake-surroundings.js";
import { stored } from "../../../helpers/memory-log.js";

type Fake = ReturnType<typeof fakeSurroundings>;

async function findingsOf(check: Check, change: (fake: Fake) => Partial<Surroundings> | void = () => undefined) {
  const fake = fakeSurroundings({ SCHEMA_REGISTRY_URL: "http://registry" });
  const changed = change(fake) ?? {};
  const surroundings = Object.create(fake.surroundings, Object.getOwnPropertyDescriptors(changed)) as Surroundings;
  return (await check.run(surroundings)).map(({ severity, summary, fix }) => ({ severity, summary, fix }));
}
async function only(check: Check, change?: (fake: Fake) => Partial<Surroundings> | void) {
  const [finding, ...others] = await findingsOf(check, change);
  assert.deepEqual(others, []);
  assert.ok(finding);
  return finding;
}
const withTopic = ({ cluster }: Fake, name: string, fields: object): void => {
  const topic = cluster.topics.get(name);
  assert.ok(topic, name);
  cluster.topics.set(name, { ...topic, ...fields });
};

test("all is well where all is as it should be", async () => {
  for (const check of [topics, schemas, rejects, operations, transactions, registry, brokerClock])
    assert.equal((await only(check)).severity, "ok", check.name);
});

test("topics: a missing one, another number of partitions, other settings, stamps of the producer", async () => {
  const missing = await only(topics, ({ cluster }) => void cluster.topics.delete("signals"));
  assert.deepEqual([missing.severity, missing.summary.includes("topics are missing: signals")], ["error", true]);

  const found = await findingsOf(topics, (fake) => withTopic(fake, "features", { partitions: 99 }));
  assert.match(found[0]?.summary ?? "", /^features has 99 partitions, NEWSTAPE_PARTITIONS asks for \d+$/);
  // Both stages that read or write it find equal keys in different partitions.
  const differing = found.slice(1).map(({ summary }) => /the topics of (\w+) differ .*features 99/.exec(summary)?.[1]);
  assert.deepEqual(differing, ["features", "scores"]);

  const kept = await only(topics, (fake) => {
    const { config } = fake.cluster.topics.get("features") ?? { config: {} };
    withTopic(fake, "features", { config: { ...config, "retention.ms": "7" } });
  });
  assert.equal(kept.severity, "warning");
  const compacted = await only(topics, (fake) => {
    const { config } = fake.cluster.topics.get("features") ?? { config: {} };
    withTopic(fake, "features", { config: { ...config, "cleanup.policy": "compact" } });
  });
  assert.deepEqual([compacted.severity, compacted.fix], ["error", "newstape topics apply"]);

  const stamped = await only(topics, ({ cluster }) => {
    cluster.settings["message.timestamp.type"] = "CreateTime";
  });
  assert.match(stamped.summary, /the time stamps of \d+ topics are the producers'/);
});

test("schemas: one that is not registered, one that cannot be, one under another rule", async () => {
  const subject = subjectOf("features");
  const change = (text: string | undefined, rule = "BACKWARD") =>
    only(schemas, ({ cluster }) => {
      const { text: own = "" } = cluster.subjects.get(subject) ?? {};
      cluster.subjects.set(subject, { text: text ?? own, rule });
    });
  assert.match((await change("an older one")).summary, /schemas are not registered as features/);
  assert.match((await change("another")).summary, /are not compatible with those registered as features/);
  const rule = await change(undefined, "NONE");
  assert.deepEqual([rule.severity, rule.fix], ["warning", "newstape topics apply"]);
});

test("registry: none known, or one that does not answer", async () => {
  const away = { compatibility: async () => Promise.reject(new Error("connection refused")) };
  const unanswered = await only(registry, () => ({ subjects: away as never }));
  assert.deepEqual([unanswered.severity, unanswered.summary], ["error", "connection refused"]);
});

test("rejects: those of a day are reported, by code, and how they are mended; older ones are mentioned", async () => {
  const rejected = (timestamp: number, code: string) => (fake: Fake) => {
    fake.cluster.records = [
      stored(
        { topic: fake.surroundings.names.rejected("features"), partition: 0, offset: 0 },
        { timestamp, headers: { "newstape-code": code } },
      ),
    ];
  };
  const late = await only(rejects, rejected(Date.now(), "BAR_TOO_OLD"));
  assert.equal(late.severity, "warning");
  assert.match(late.summary, /features rejected 1 records within a day \(1 BAR_TOO_OLD in all\)/);
  assert.match(late.fix ?? "", /newstape rebuild features/);
  const defect = await only(rejects, rejected(Date.now(), "OPERATOR_FAILED"));
  assert.match(defect.fix ?? "", /^newstape tail features.rejected/);
  const old = await only(rejects, rejected(5, "UNDECODABLE"));
  assert.deepEqual([old.severity, old.summary], ["ok", "none within a day; earlier: features: 1 UNDECODABLE"]);
});

test("operations: what was interrupted is to be run again", async () => {
  const finding = await only(operations, ({ cluster, surroundings }) => {
    const metadata = JSON.stringify({ command: "reset scores", startedAt: "2015-01-01" });
    cluster.committed.set(surroundings.names.group("operations"), [
      { topic: "news.raw", partition: 0, offset: 0, metadata },
    ]);
  });
  assert.deepEqual([finding.severity, finding.fix], ["error", "newstape reset scores"]);
});

test("transactions: one that stays open is reported with how long readers have waited behind it", async () => {
  const open = (timestamp: number) =>
    only(transactions, ({ surroundings }) => {
      const { log } = surroundings;
      const bounds = async (topic: string) =>
        topic === "features" ? [{ partition: 0, low: 0, stable: 3, high: 9 }] : log.bounds("nothing");
      const read = async function* () {
        yield [stored({ topic: "features", partition: 0, offset: 3 }, { timestamp })];
      };
      return { log: { bounds, read } as never };
    });
  const hanging = await open(Date.now() - 3_600_000);
  assert.equal(hanging.severity, "warning");
  assert.match(hanging.summary, /open in features\/0 since offset 3, for 36\d\d s/);
  assert.match(hanging.fix ?? "", /--topic features --partition 0 --start-offset 3/);
  assert.equal((await open(Date.now())).summary, "1 are open, none for long");
});

test("broker clock: a stamp in the future is reported", async () => {
  const stamped = (timestamp: number) =>
    only(brokerClock, ({ cluster }) => {
      cluster.records = [stored({ topic: "features", partition: 0, offset: 0 }, { timestamp })];
    });
  assert.equal((await stamped(Date.now() + 60_000)).severity, "warning");
  assert.equal((await stamped(Date.now() - 60_000)).severity, "ok");
});

test("requests that exactly-once needs are named where the brokers lack them", () => {
  const all = new Map([1, 2, 21, 22, 24, 25, 26, 28].map((key) => [key, 9]));
  assert.deepEqual(missingRequests(all), []);
  assert.deepEqual(missingRequests(new Map([...all, [1, 3]])), ["Fetch with isolation levels"]);
  assert.deepEqual(missingRequests(new Map()).length, 8);
});

test("the lag counts records, not the control records that end every transaction", async () => {
  const { cluster, surroundings } = fakeSurroundings();
  const { names, parts } = surroundings;
  const part = parts.find(({ name }) => name === "scores");
  assert.ok(part);
  const [input] = part.inputs;
  const topic = names.topic(input as "features");
  const lagAt = async (committed: number | undefined): Promise<number | undefined> => {
    if (committed !== undefined)
      cluster.committed.set(names.group("scores"), [{ topic, partition: 0, offset: committed }]);
    return (await lagOf(surroundings, part)).find((entry) => entry.topic === topic && entry.partition === 0)?.lag;
  };
  // Offsets 0 and 4 hold records, those between do not.
  cluster.records = [0, 4].map((offset) => stored({ topic, partition: 0, offset }));
  assert.equal(await lagAt(undefined), 2, "a group that never committed has everything before it");
  assert.equal(await lagAt(1), 1);
  assert.equal(await lagAt(5), 0);
});
