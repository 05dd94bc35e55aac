import type { LandedTopic } from "../../schemas/topics.js";
import { Completion } from "../runtime/completion.js";
import { messageOf, UserError } from "../runtime/errors.js";
import type { ClusterAdmin } from "../runtime/kafka/admin.js";
import { refusalOf } from "../runtime/kafka/errors.js";
import type { GroupConsumer } from "../runtime/kafka/group-consumer.js";
import type { PlainProducer } from "../runtime/kafka/producers.js";
import type { FetchedBatch, TopicPartition } from "../runtime/kafka/types.js";
import type { Logger } from "../runtime/logger.js";
import { LossWatch } from "../runtime/loss-watch.js";
import type { Names } from "../runtime/names.js";
import { logReject, rejectRecord } from "../runtime/reject-record.js";
import { retrying } from "../runtime/retry.js";
import { Latch } from "../runtime/stage/latch.js";
import type { LandingBatch } from "./landed-record.js";
import type { Lane, Portion } from "./lane.js";
import { Lanes } from "./lanes.js";
import type { LandingCounts } from "./landing-counts.js";
import { landingName } from "./landing-name.js";
import { openLanes, type OpenLanesOptions } from "./open-lanes.js";
import { decodePortions, landedPortions, type Refused } from "./portions.js";
import type { Codecs } from "./topic-witness.js";

/** Rows in one database transaction, and how many records may wait for it. */
export const landingLimits = { batch: 5000, pause: 20_000, resume: 10_000 };

const backoff = { firstMs: 200, mostMs: 5000 };

export interface LandingLoopOptions extends OpenLanesOptions {
  readonly admin: Pick<ClusterAdmin, "committed" | "refresh" | "offsets" | "ends">;
  readonly consumer: Pick<GroupConsumer, "seek" | "pause" | "resume" | "commit">;
  readonly rejects: Pick<PlainProducer, "send">;
  readonly names: Names;
  /** Of the topic of rejects. */
  readonly partitions: number;
  readonly codecs: Partial<Codecs>;
  readonly logger: Logger;
  /** Writes a batch in one database transaction; safe to repeat. Gives what became of each topic's records. */
  readonly write: (batch: LandingBatch) => Promise<ReadonlyMap<LandedTopic, LandingCounts>>;
}

/**
 * Topics → database, the offsets committed after the database has committed. At least once, and the writes are idempotent, so
 * that it comes to once. The database being away stops this loop and nothing else.
 */
export class LandingLoop {
  #lanes = new Lanes();
  /** Rises with every assignment; what was begun under an older one must not move its positions. */
  #generation = 0;
  #isReady = false;
  #isPaused = false;
  readonly #stopping = new AbortController();
  readonly #latch = new Latch();
  readonly #completion = new Completion();
  readonly #losses: LossWatch<Lane>;
  #finished: Promise<void> = Promise.resolve();

  constructor(private readonly options: LandingLoopOptions) {
    const { admin, logger } = options;
    this.#losses = new LossWatch({
      reader: landingName,
      admin,
      logger,
      onLost: (fault, lane) => {
        if (this.#lanes.find(lane) === lane) this.#completion.fail(fault);
      },
    });
  }

  get done(): Promise<void> {
    return this.#completion.done;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get lag(): number {
    return this.#lanes.lag;
  }

  /** First offset that the topic held when its partition was assigned. */
  lowOf(place: TopicPartition): number | undefined {
    return this.#lanes.find(place)?.low;
  }

  start(): void {
    this.#finished = this.#loop().catch((error: unknown) => this.fail(error));
  }

  /** Ends after the batch in work. `done` is for the caller to end, by `close`, when the rest is closed too. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#latch.notify();
    await this.#finished;
  }

  close(): void {
    this.#completion.succeed();
  }

  fail(error: unknown): void {
    this.#completion.fail(error instanceof Error ? error : new Error(String(error)));
  }

  assigned(partitions: readonly number[]): void {
    const { consumer, topics } = this.options;
    this.#generation += 1;
    this.#isReady = false;
    this.#lanes = new Lanes();
    consumer.pause([...topics.keys()].flatMap((topic) => partitions.map((partition) => ({ topic, partition }))));
    const mine = this.#generation;
    this.#untilAbandoned(() => this.#assign(partitions, mine), "assigning", mine).catch((error: unknown) =>
      this.fail(error),
    );
  }

  accept(batch: FetchedBatch): void {
    const { consumer } = this.options;
    const lane = this.#lanes.find(batch);
    if (!lane) return;
    // The consumer jumped ahead: either it had not sought yet, or what comes next has been deleted.
    if (!lane.push(batch)) {
      consumer.seek(lane, lane.next);
      void this.#losses.look(lane);
      return;
    }
    if (!this.#isPaused && this.#lanes.buffered >= landingLimits.pause) {
      this.#isPaused = true;
      consumer.pause(this.#lanes.all);
    }
    this.#latch.notify();
  }

  skipped(position: TopicPartition & { readonly nextOffset: number }): void {
    this.#lanes.find(position)?.skip(position.nextOffset);
    this.#latch.notify();
  }

  seekAgain(position: TopicPartition): void {
    const lane = this.#lanes.find(position);
    if (lane) this.options.consumer.seek(lane, lane.next);
  }

  outOfRange(position: TopicPartition): void {
    const lane = this.#lanes.find(position);
    if (lane) void this.#losses.look(lane);
  }

  async #assign(partitions: readonly number[], mine: number): Promise<void> {
    const { consumer } = this.options;
    const lanes = await openLanes(this.options, partitions);
    if (mine !== this.#generation) return;
    this.#lanes = lanes;
    for (const lane of lanes.all) consumer.seek(lane, lane.next);
    consumer.resume(lanes.all);
    this.#isPaused = false;
    this.#isReady = true;
    this.#latch.notify();
  }

  async #loop(): Promise<void> {
    while (!this.#isStopped()) {
      if (this.#isReady && (await this.#landOnce())) continue;
      if (this.options.drain && this.#isReady && this.#lanes.areDone) this.#completion.succeed();
      await this.#latch.wait();
    }
  }

  /** @returns false when there is nothing to land */
  async #landOnce(): Promise<boolean> {
    const mine = this.#generation;
    const portions = this.#lanes.take(landingLimits.batch);
    if (portions.length === 0) return false;
    const written = await this.#untilAbandoned(() => this.#write(portions), "writing", mine);
    if (!written || this.#isAbandoned(mine)) return true;
    const landed = landedPortions(portions, written.counts, written.refused);
    try {
      await this.options.consumer.commit(landed.map(({ offset }) => offset));
    } catch (error) {
      // A rebalance came between: the next owner writes these rows again, to no effect.
      this.options.logger.info({ error: messageOf(error) }, "landing: offsets not committed");
      if (mine !== this.#generation) return true;
    }
    for (const { portion, counts } of landed) portion.lane.land(portion, counts);
    if (this.#isPaused && this.#lanes.buffered < landingLimits.resume) {
      this.#isPaused = false;
      this.options.consumer.resume(this.#lanes.all);
    }
    return true;
  }

  async #write(portions: readonly Portion[]): Promise<{
    readonly counts: ReadonlyMap<LandedTopic, LandingCounts>;
    readonly refused: readonly Refused[];
  }> {
    const { batch, refused } = await decodePortions(portions, this.options.codecs);
    const counts = await this.options.write(batch);
    if (refused.length > 0) await this.#reject(refused);
    return { counts, refused };
  }

  /**
   * What cannot be decoded cannot land: it is kept in `landing.rejected`, and the rest goes on. Only when the database has
   * committed, or each attempt while it is away would reject anew; a crash before the offsets are committed still may.
   */
  async #reject(refused: readonly Refused[]): Promise<void> {
    const { names, partitions, logger, rejects } = this.options;
    const records = refused.map(({ stored, reason }) => {
      const rejection = { stage: landingName, code: "UNDECODABLE", reason } as const;
      logReject(logger, stored, rejection);
      return rejectRecord(names, partitions, stored, rejection);
    });
    await rejects.send(records);
  }

  /** Tries again until it succeeds, or it is no longer needed: undefined then. */
  async #untilAbandoned<Result>(
    attempt: () => Promise<Result>,
    what: string,
    mine: number,
  ): Promise<Result | undefined> {
    const { logger } = this.options;
    try {
      return await retrying(attempt, {
        backoff,
        signal: this.#stopping.signal,
        isPassing: (error, tries) => {
          if (this.#isAbandoned(mine) || error instanceof UserError || refusalOf(error)) return false;
          logger.warn({ error: messageOf(error), tries }, `landing: ${what} failed; trying again`);
          return true;
        },
      });
    } catch (error) {
      if (this.#isAbandoned(mine)) return undefined;
      throw error instanceof UserError ? error : (refusalOf(error) ?? error);
    }
  }

  /** Behind a call, as the next one, because it changes while something is awaited. */
  #isAbandoned(generation: number): boolean {
    return this.#isStopped() || generation !== this.#generation;
  }

  #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }
}
