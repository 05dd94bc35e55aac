import { UserError } from "./errors.js";
import type { TopicPartition } from "./kafka/types.js";

/**
 * What a consumer has not read yet is gone: it must neither skip it in silence nor wait for it.
 *
 * @param reader a stage, or the landing
 * @param next the offset at which it stands
 * @param low the first that is still there
 */
export function pastRetention(
  reader: string,
  { topic, partition }: TopicPartition,
  next: number,
  low: number,
): UserError {
  return new UserError(
    `${reader} stands at offset ${next} of ${topic}/${partition}, and retention has deleted everything below ${low}: ${low - next} offsets are lost to it`,
    `Load what is missing again where its source still has it, then \`newstape reset ${reader}\` starts it, and what follows it, from what the topics hold. A longer NEWSTAPE_RETENTION_DAYS keeps this from happening again.`,
  );
}
