/**
 * What exactly-once needs of the brokers: a record that was acknowledged must outlive any one of them. That takes a second
 * copy that is in sync when it is acknowledged, a third one so that writing goes on while a broker is away, and no leader
 * that lacks what was acknowledged.
 */
export const enough = { replicas: 3, inSync: 2 } as const;

/** Kafka's own topics: with the first the place in the inputs would be lost, with the second what was committed. */
export const internalTopics = ["__consumer_offsets", "__transaction_state"] as const;

/** @param asked NEWSTAPE_REPLICATION, where it is set */
export const replicationFor = (asked: number | undefined, brokers: number): number =>
  asked ?? Math.min(enough.replicas, Math.max(1, brokers));

/** What a topic with so many replicas is set to; fewer would be acknowledged by one broker alone. */
export const safetyOf = (replication: number): Readonly<Record<string, string>> =>
  replication >= enough.inSync ? { "min.insync.replicas": String(enough.inSync) } : {};

/** Replicas that a cluster must give a topic: as many as it has brokers, up to three. */
export const neededReplicas = (brokers: number): number => Math.min(enough.replicas, brokers);
