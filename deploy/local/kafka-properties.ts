/** What the brokers of the local stack have in common with those that tests start. */

export type Properties = Readonly<Record<string, string | number | boolean>>;

/** @param replicas of the topics that Kafka keeps for itself; of several, one may be away */
export function brokerSettings(replicas: number): Properties {
  const inSync = Math.max(1, replicas - 1);
  return {
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "auto.create.topics.enable": false,
    "log.message.timestamp.type": "LogAppendTime",
    "offsets.topic.num.partitions": 4,
    "offsets.topic.replication.factor": replicas,
    "transaction.state.log.num.partitions": 4,
    "transaction.state.log.replication.factor": replicas,
    "transaction.state.log.min.isr": inSync,
    "share.coordinator.state.topic.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": replicas,
    "share.coordinator.state.topic.min.isr": inSync,
    // A killed broker may register again only when its old session is over; the default 9 s made a restart take 12.9 s instead of 3.
    "broker.session.timeout.ms": 3000,
    "broker.heartbeat.interval.ms": 500,
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1000,
    // The default week would forget where every stage was while the stack was off for a holiday.
    "offsets.retention.minutes": 525_600,
    // The default 128 MiB would not fit the small heap.
    "log.cleaner.dedupe.buffer.size": 4_194_304,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "background.threads": 2,
  };
}

/** The text of a property file. Java reads it as ISO 8859-1 with escapes; a path may hold anything. */
export function propertiesFile(properties: Properties): string {
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${escapeProperty(String(value))}\n`)
    .join("");
}

function escapeProperty(value: string): string {
  return value
    .replaceAll("\\", "\\\\")
    .replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
