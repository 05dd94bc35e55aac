import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { reportRefusedCoordinators } from "../../../pipelines/runtime/kafka/refused-coordinators.js";

const { KafkaJSGroupCoordinatorNotFound } = createRequire(import.meta.url)("kafkajs/src/errors") as {
  KafkaJSGroupCoordinatorNotFound: new (message: string) => Error & { retriable: boolean };
};

/** KafkaJS's two classes as far as this goes: the cluster tries each broker, and drops its answer. */
function fakes(answers: readonly (Error | "no connection")[]) {
  class Broker {
    constructor(private readonly answer: Error) {}
    async findGroupCoordinator(parameters: { groupId: string }): Promise<unknown> {
      throw Object.assign(this.answer, parameters);
    }
  }
  class Cluster {
    async findGroupCoordinatorMetadata(parameters: { groupId: string }): Promise<unknown> {
      for (const answer of answers) {
        if (answer === "no connection") continue;
        await new Broker(answer).findGroupCoordinator(parameters).catch(() => undefined);
      }
      throw new KafkaJSGroupCoordinatorNotFound("Failed to find group coordinator");
    }
  }
  const modules: Record<string, unknown> = { "kafkajs/src/broker": Broker, "kafkajs/src/cluster": Cluster };
  reportRefusedCoordinators(((name: string) => modules[name]) as NodeJS.Require);
  return new Cluster();
}

test("the broker's own answer is passed on, whether it is worth another try or not", async () => {
  const refusal = Object.assign(new Error("not authorized"), { type: "GROUP_AUTHORIZATION_FAILED", retriable: false });
  await assert.rejects(fakes([refusal]).findGroupCoordinatorMetadata({ groupId: "g" }), refusal);
  const passing = Object.assign(new Error("loading"), { type: "GROUP_LOAD_IN_PROGRESS", retriable: true });
  await assert.rejects(fakes(["no connection", passing]).findGroupCoordinatorMetadata({ groupId: "g" }), passing);
});

test("where no broker could be reached another try is worth it, which KafkaJS does not make", async () => {
  assert.equal(new KafkaJSGroupCoordinatorNotFound("").retriable, false);
  const error = await fakes(["no connection"])
    .findGroupCoordinatorMetadata({ groupId: "g" })
    .catch((fault: unknown) => fault as { name: string; retriable: boolean });
  assert.deepEqual(
    [(error as { name: string }).name, (error as { retriable: boolean }).retriable],
    ["KafkaJSGroupCoordinatorNotFound", true],
  );
});
