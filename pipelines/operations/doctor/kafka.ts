import { connect } from "node:net";
import { messageOf } from "../../runtime/errors.js";
import { error, ok, warning, type Check, type Finding } from "./check.js";

/** Requests that exactly-once needs, with the lowest version that Newstape uses. Numbers: kafka.apache.org/protocol#protocol_api_keys */
const needed: Readonly<Record<number, readonly [name: string, version: number]>> = {
  1: ["Fetch with isolation levels", 4],
  2: ["ListOffsets with isolation levels", 2],
  21: ["DeleteRecords", 0],
  22: ["InitProducerId", 0],
  24: ["AddPartitionsToTxn", 0],
  25: ["AddOffsetsToTxn", 0],
  26: ["EndTxn", 0],
  28: ["TxnOffsetCommit", 0],
};

export function missingRequests(versions: ReadonlyMap<number, number>): string[] {
  return Object.entries(needed).flatMap(([key, [name, version]]) =>
    (versions.get(Number(key)) ?? -1) >= version ? [] : [name],
  );
}

const fix = "Check KAFKA_BROKERS and the KAFKA_SASL_… and KAFKA_TLS variables, or run `newstape up`.";

export const kafka: Check = {
  name: "kafka",
  looksAt: "the brokers: whether they answer, have a controller, and support what exactly-once needs",
  needs: [],
  async run({ config, operations, log }) {
    const { brokers } = config.kafka;
    if (brokers.length === 0) return [error("no broker is known", "The local stack was never started.", "newstape up")];
    let cluster: Awaited<ReturnType<typeof operations.describeCluster>>;
    try {
      cluster = await operations.describeCluster();
    } catch (fault) {
      return [
        error(`${brokers.join(",")} does not answer: ${messageOf(fault)}`, "Nothing can be read or written.", fix),
      ];
    }
    const findings: Finding[] = [];
    for (const address of [...new Set([...brokers, ...cluster.brokers])]) {
      if (await isListening(address)) continue;
      findings.push(
        warning(
          `the broker ${address} does not answer`,
          cluster.brokers.includes(address)
            ? "The cluster counts it as its own: its partitions have other leaders, or none."
            : "KAFKA_BROKERS names it; the others stand in for it.",
          "Start the broker, or take it out of KAFKA_BROKERS.",
        ),
      );
    }
    if (cluster.controller === undefined)
      findings.push(
        error("the cluster has no controller", "Topics and leaders cannot change.", "Look at the brokers' logs."),
      );
    const versions = await log.versions();
    const missing = missingRequests(versions);
    if (missing.length > 0)
      findings.push(
        error(`the brokers do not know ${missing.join(", ")}`, "They are too old.", "Use Kafka 2.5 or newer."),
      );
    const count = cluster.brokers.length;
    return [
      ok(
        `${count} ${count === 1 ? "broker" : "brokers"}, cluster ${cluster.id}, Fetch up to version ${versions.get(1)}`,
      ),
      ...findings,
    ];
  },
};

function isListening(address: string): Promise<boolean> {
  const separator = address.lastIndexOf(":");
  return new Promise((resolve) => {
    const socket = connect({
      host: address.slice(0, separator).replace(/^\[|\]$/g, ""),
      port: Number(address.slice(separator + 1)),
    });
    const finish = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(3000, () => finish(false));
    socket.once("connect", () => finish(true));
    socket.once("error", () => finish(false));
  });
}
