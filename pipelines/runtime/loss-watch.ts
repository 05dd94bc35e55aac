import { messageOf, type UserError } from "./errors.js";
import type { ClusterAdmin } from "./kafka/admin.js";
import type { TopicPartition } from "./kafka/types.js";
import type { Logger } from "./logger.js";
import { confirmUnreadable } from "./retention.js";

export interface LossWatchOptions<Place> {
  /** A stage, or the landing. */
  readonly reader: string;
  readonly admin: Pick<ClusterAdmin, "offsets" | "refresh">;
  readonly logger: Pick<Logger, "debug">;
  /** What comes next is gone. */
  readonly onLost: (fault: UserError, place: Place) => void;
}

/** Finds out whether the broker still holds what comes next of a place, as a consumer may report the opposite twice a second. */
export class LossWatch<Place extends TopicPartition & { readonly next: number }> {
  /** Of these it is being found out. */
  readonly #confirming = new Set<Place>();

  constructor(private readonly options: LossWatchOptions<Place>) {}

  async look(place: Place): Promise<void> {
    const { admin, reader, logger, onLost } = this.options;
    if (this.#confirming.has(place)) return;
    this.#confirming.add(place);
    try {
      const fault = await confirmUnreadable(admin, reader, place, () => place.next);
      if (fault) onLost(fault, place);
    } catch (error) {
      logger.debug({ error: messageOf(error) }, "could not look at the low watermark");
    } finally {
      this.#confirming.delete(place);
    }
  }
}
