import { setTimeout as sleep } from "node:timers/promises";
import { desiredTopics } from "../topics/plan.js";
import { orOk, warning, type Check, type Finding } from "./check.js";

/** A task's transaction lasts milliseconds, and the broker aborts it after 30 s, a bulk operation's after 60 s. */
const hangingAfterMs = 90_000;

export const transactions: Check = {
  name: "transactions",
  looksAt: "transactions that stay open, behind which `read_committed` sees nothing",
  needs: ["kafka"],
  async run({ config, parts, admin, log }) {
    const existing = new Set(await admin.listTopics());
    const names = desiredTopics(config, parts).flatMap(({ name }) => (existing.has(name) ? [name] : []));
    const open = async () =>
      (await Promise.all(names.map(async (topic) => (await log.bounds(topic)).map((bound) => ({ topic, ...bound })))))
        .flat()
        .filter(({ stable, high }) => stable < high);
    const before = await open();
    if (before.length === 0) return orOk([], `none is open in ${names.length} topics`);
    await sleep(1000);
    const still = (await open()).filter(({ topic, partition, stable }) =>
      before.some((entry) => entry.topic === topic && entry.partition === partition && entry.stable === stable),
    );
    const findings = await Promise.all(
      still.map(async ({ topic, partition, stable, high }): Promise<Finding[]> => {
        let since: number | undefined;
        for await (const [first] of log.read(topic, partition, stable, high, { uncommitted: true })) {
          since = first?.timestamp;
          break;
        }
        const age = since === undefined ? 0 : Date.now() - since;
        if (age < hangingAfterMs) return [];
        return [
          warning(
            `a transaction has been open in ${topic}/${partition} since offset ${stable}, for ${Math.round(age / 1000)} s`,
            `The ${high - stable} offsets from there on are invisible under read_committed: every reader waits.`,
            `kafka-transactions.sh find-hanging --broker-id …, then abort it (--topic ${topic} --partition ${partition} --start-offset ${stable})`,
          ),
        ];
      }),
    );
    return orOk(findings.flat(), `${still.length} are open, none for long`);
  },
};
