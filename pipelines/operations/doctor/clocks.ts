import { topicNames } from "../../../schemas/topics.js";
import { ok, orOk, warning, type Check, type Finding } from "./check.js";

/** Beyond it, `knownAt` and "live" of two machines no longer agree to the second. */
const toleratedMs = 2000;

const fix = "Synchronise the clocks (chrony, systemd-timesyncd) of this machine and the servers.";
const seconds = (ms: number): string => (ms / 1000).toFixed(1);

export const brokerClock: Check = {
  name: "broker clock",
  looksAt: "the newest time stamps of the brokers beside this machine's clock",
  needs: ["kafka"],
  async run({ admin, log, names }) {
    const existing = new Set(await admin.listTopics());
    let newest = 0;
    for (const topic of topicNames.map(names.topic).filter((name) => existing.has(name))) {
      for (const { partition, low, stable } of await log.bounds(topic)) {
        for await (const records of log.read(topic, partition, Math.max(low, stable - 10), stable))
          for (const { timestamp } of records) newest = Math.max(newest, timestamp);
      }
    }
    if (newest === 0) return [ok("no record yet")];
    const ahead = newest - Date.now();
    const findings: Finding[] =
      ahead > toleratedMs
        ? [
            warning(
              `the newest record was stamped ${seconds(ahead)} s in the future`,
              "The broker's clock is ahead of this machine's, or this one is behind: `knownAt` is the broker's stamp.",
              fix,
            ),
          ]
        : [];
    return orOk(findings, `the newest record was stamped ${seconds(Math.max(0, -ahead))} s ago`);
  },
};

export const databaseClock: Check = {
  name: "database clock",
  looksAt: "the database's clock beside this machine's",
  needs: ["database"],
  async run({ database }) {
    const before = Date.now();
    const [row] = await database.query<{ now: Date }>("SELECT clock_timestamp() AS now");
    // Half of the way there and back belongs to the way there.
    const skew = (row?.now.getTime() ?? 0) - (before + Date.now()) / 2;
    const findings: Finding[] =
      Math.abs(skew) > toleratedMs
        ? [
            warning(
              `the database's clock is ${seconds(Math.abs(skew))} s ${skew > 0 ? "ahead" : "behind"}`,
              "Times noted by the database and by the stages do not agree.",
              fix,
            ),
          ]
        : [];
    return orOk(findings, `${seconds(Math.abs(skew))} s apart`);
  },
};
