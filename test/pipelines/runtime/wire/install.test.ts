import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { wire } from "../../../../pipelines/runtime/kafka/kafkajs.js";
import {
  installFastPaths,
  knownVersion,
  rememberCoordinators,
} from "../../../../pipelines/runtime/kafka/wire/install.js";

const require = createRequire(import.meta.url);

test("the installed KafkaJS is the known one, and its slow paths are replaced", () => {
  assert.deepEqual(wire, { installed: true });
});

test("another version, or one that is loaded already, stays as it is", () => {
  const again = installFastPaths(require);
  assert.equal(again.installed, false);
  assert.match(again.reason ?? "", /loaded before/);
  const other = Object.assign((path: string) => (path.endsWith("package.json") ? { version: "9.9.9" } : undefined), {
    cache: {},
    resolve: (path: string) => path,
  }) as unknown as NodeJS.Require;
  assert.deepEqual(installFastPaths(other), { installed: false, reason: `kafkajs 9.9.9, not ${knownVersion}` });
});

test("a transactional producer remembers its coordinators, but no failure; others ask each time", async () => {
  let asked = 0;
  let fails = false;
  class Cluster {
    async findGroupCoordinatorMetadata(wanted: { groupId: string; coordinatorType: number }): Promise<unknown> {
      assert.ok(wanted.groupId);
      asked += 1;
      if (fails) throw new Error("away");
      return { asked };
    }
  }
  rememberCoordinators(Cluster);
  const [group, transaction] = [0, 1];
  const consumer = new Cluster();
  await consumer.findGroupCoordinatorMetadata({ groupId: "g", coordinatorType: group });
  await consumer.findGroupCoordinatorMetadata({ groupId: "g", coordinatorType: group });
  assert.equal(asked, 2);
  const producer = new Cluster();
  const find = (groupId: string, coordinatorType: number) =>
    producer.findGroupCoordinatorMetadata({ groupId, coordinatorType });
  fails = true;
  await assert.rejects(find("t", transaction));
  fails = false;
  assert.deepEqual(await find("t", transaction), { asked: 4 });
  assert.deepEqual(await find("t", transaction), { asked: 4 });
  assert.deepEqual(await find("g", group), { asked: 5 });
  assert.deepEqual(await find("g", group), { asked: 5 });
  assert.deepEqual(await find("other", transaction), { asked: 6 });
});
