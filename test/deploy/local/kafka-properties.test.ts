import assert from "node:assert/strict";
import { test } from "node:test";
import { brokerSettings, propertiesFile } from "../../../deploy/local/kafka-properties.js";

test("a property file holds whatever a path may hold", () => {
  assert.equal(
    propertiesFile({ "log.dirs": "/tmp/Ärger\\x", "node.id": 1 }),
    "log.dirs=/tmp/\\u00c4rger\\\\x\nnode.id=1\n",
  );
});

test("of three replicas of Kafka's own topics one may be away, of one none", () => {
  const inSync = (replicas: number) => brokerSettings(replicas)["transaction.state.log.min.isr"];
  assert.deepEqual([inSync(1), inSync(3)], [1, 2]);
});
