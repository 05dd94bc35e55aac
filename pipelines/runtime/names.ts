/** Names on the broker: topics, consumer groups and transactional ids, all under the configured prefix. */
import type { TopicName } from "../../schemas/topics.js";

export interface Names {
  readonly topic: (name: TopicName) => string;
  /** Changelog of a stage's keyed state. */
  readonly changelog: (stage: string) => string;
  readonly rejected: (stage: string) => string;
  readonly group: (stage: string) => string;
  /** One per task: what fences a former owner. */
  readonly transactionalId: (stage: string, partition: number) => string;
}

export function namesUnder(prefix: string): Names {
  return {
    topic: (name) => `${prefix}${name}`,
    changelog: (stage) => `${prefix}${stage}.state`,
    rejected: (stage) => `${prefix}${stage}.rejected`,
    group: (stage) => `${prefix}newstape.${stage}`,
    transactionalId: (stage, partition) => `${prefix}newstape.${stage}.${partition}`,
  };
}
