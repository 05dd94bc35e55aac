/**
 * Ingest of one file or stream:
 *
 * 1. read lines, give each its outcome;
 * 2. send the accepted records in batches and wait for each (that is the back-pressure);
 * 3. after a batch is acknowledged: write its rejections, then the checkpoint.
 *
 * A kill between 2 and 3 sends that batch again when the run is repeated: at least once, with the same ids, which the
 * stages recognise as duplicates.
 */
import { defaultCalendar } from "../../operators/calendar/calendar.js";
import { ownCalendarsContent } from "../../operators/calendar/calendars.js";
import { CheckpointFile, contentIdentity, type Checkpoint } from "./checkpoint.js";
import { openInput } from "./input.js";
import { FileNotes } from "./notes.js";
import type { IngestKind, IngestRecords, Rejection } from "./outcome.js";
import type { IngestProgress } from "./progress.js";
import { judgeOptions, readOutcomes, type ReadOptions } from "./read.js";
import { RejectsFile } from "./rejects-file.js";
import { nothing, Tally, type IngestSummary } from "./summary.js";

/** What to ingest, where the records go, and where the checkpoint is kept. */
export interface IngestOptions<Kind extends IngestKind> extends ReadOptions<Kind> {
  /** Hands records on, and resolves when they are acknowledged. */
  readonly send: (records: IngestRecords[Kind][]) => Promise<void>;
  /** Where checkpoints are kept; without it, and for streams, nothing is resumed. */
  readonly stateDirectory?: string | undefined;
  /** Begin at the beginning, whatever the checkpoint holds. */
  readonly again?: boolean | undefined;
  /** Records a batch; default 500. */
  readonly batchRecords?: number | undefined;
  /** File for all rejections, JSON Lines. */
  readonly rejectsFile?: string | undefined;
  readonly progress?: IngestProgress | undefined;
  /** Ends the run after the batch in hand; running it again continues. */
  readonly signal?: AbortSignal | undefined;
}

/** Lines after which the checkpoint is written even if no batch is full: a resumed run need not go back further. */
const linesPerCheckpoint = 20_000;

/**
 * Reads a file or a stream of news or bars, and hands the accepted records on in batches: at least once, with the same ids
 * whenever the same line is read.
 *
 * @returns the counts of the whole file, earlier runs of it included
 * @throws UserError for an input that cannot be read to its end; whatever `send` throws; the signal's reason
 * @example
 * ```ts
 * import { writeFileSync } from "node:fs";
 * import { ingestFile, type Bar } from "newstape";
 *
 * writeFileSync("bars.csv", "symbol,date,open,high,low,close,volume\nAAPL,2015-09-30,110,112,109,111,1000\nAAPL,never,1,1,1,1,1\n");
 * const bars: Bar[] = [];
 * const summary = await ingestFile({
 *   kind: "bars",
 *   input: "bars.csv",
 *   origin: "backfill",
 *   now: Date.now,
 *   send: async (batch) => void bars.push(...batch),
 * });
 * console.log(summary.accepted, JSON.stringify(summary.rejectedByCode)); // 1 {"INVALID_TIME":1}
 * console.log(bars[0]!.symbol, new Date(bars[0]!.eventTime).toISOString()); // AAPL 2015-09-30T20:00:00.000Z
 * ```
 */
export async function ingestFile<Kind extends IngestKind>(options: IngestOptions<Kind>): Promise<IngestSummary> {
  const input = await openInput(options.input, options.stdin);
  // A stream may be silent for long: closing it ends the wait for its next chunk.
  const stop = (): void => void input.close();
  options.signal?.addEventListener("abort", stop);
  try {
    const resumable = input.totalBytes !== undefined && options.stateDirectory !== undefined;
    const checkpoints = resumable ? await checkpointFile(options, options.stateDirectory) : undefined;
    const previous = options.again === true ? undefined : await checkpoints?.load();
    if (previous?.done === true) return { ...nothing, ...previous.summary, alreadyIngested: true };

    const rejects = options.rejectsFile && (await RejectsFile.open(options.rejectsFile, previous?.rejectsBytes ?? 0));
    try {
      const notes = new FileNotes();
      const bytes = () => ({ bytes: input.bytesRead(), totalBytes: input.totalBytes });
      const run = new Run(options, previous, checkpoints, rejects || undefined, bytes, notes);
      // What comes over a stream may be all for a while: it is not kept waiting for a full batch.
      const outcomes = readOutcomes(input, { ...options, newestFirst: orderOf(options) }, run.nowAt, notes);
      return await run.through(outcomes, input.totalBytes === undefined);
    } finally {
      if (rejects) await rejects.close();
      options.progress?.stop();
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", stop);
    await input.close();
  }
}

/** Bars are taken one after the other; news that are known from their arrival on may have been published in any order. */
const orderOf = ({ kind, origin }: ReadOptions): "refuse" | undefined =>
  kind === "bars" || origin === "backfill" ? "refuse" : undefined;

async function checkpointFile(options: ReadOptions, directory: string): Promise<CheckpointFile> {
  const { origin, symbols, source, interval, tagging, zone, stamped, adjusted, symbol } = judgeOptions(options);
  const asRead = { zone, stamped, adjusted, symbol, map: options.map, columns: options.columns };
  const judgement = [
    options.kind,
    origin,
    symbols.description,
    source,
    interval ?? "",
    // Which calendars there are besides follows from the symbols.
    defaultCalendar,
    options.format ?? "",
    // Left out where there is none: checkpoints of runs without one stay valid.
    ...(tagging ? [`${tagging.when} ${tagging.tagger.description}`] : []),
    ...[ownCalendarsContent()].filter((content) => content !== undefined),
    ...(Object.values(asRead).some((value) => value !== undefined) ? [JSON.stringify(asRead)] : []),
  ];
  return new CheckpointFile(directory, `${options.kind}-${await contentIdentity(options.input, judgement)}`);
}

/** One run over a file: what is collected between two checkpoints. */
class Run<Kind extends IngestKind> {
  readonly #tally: Tally;
  readonly #startedAt: number;
  /** Last line that an earlier run has handled. */
  readonly #resumeAfter: number;
  #batch: IngestRecords[Kind][] = [];
  #rejections: Rejection[] = [];
  #linesSinceCheckpoint = 0;

  constructor(
    private readonly options: IngestOptions<Kind>,
    private readonly previous: Checkpoint | undefined,
    private readonly checkpoints: CheckpointFile | undefined,
    private readonly rejects: RejectsFile | undefined,
    private readonly bytes: () => { bytes: number; totalBytes: number | undefined },
    notes: FileNotes,
  ) {
    this.#startedAt = options.now();
    this.#resumeAfter = previous?.summary.lines ?? 0;
    this.#tally = new Tally(previous && { ...previous.summary, resumedAfterLine: this.#resumeAfter }, notes);
  }

  /** Lines of an earlier run are judged by its clock: a time that was in the future then was refused. */
  readonly nowAt = (line: number): number =>
    line <= this.#resumeAfter && this.previous !== undefined ? this.previous.startedAt : this.options.now();

  async through(chunks: ReturnType<typeof readOutcomes<Kind>>, flushEveryChunk: boolean): Promise<IngestSummary> {
    const batchRecords = this.options.batchRecords ?? 500;
    for await (const outcomes of chunks) {
      for (const outcome of outcomes) {
        // Read again only so that repeats of them are recognised.
        if (outcome.line <= this.#resumeAfter) continue;
        this.#tally.add(outcome);
        this.#linesSinceCheckpoint++;
        if (outcome.outcome === "accepted") this.#batch.push(outcome.record);
        if (outcome.outcome === "rejected") this.#rejections.push(outcome.rejection);
        if (
          this.#batch.length >= batchRecords ||
          this.#rejections.length >= batchRecords ||
          this.#linesSinceCheckpoint >= linesPerCheckpoint
        ) {
          await this.#flush(false);
        }
      }
      if (flushEveryChunk) await this.#flush(false);
      this.options.signal?.throwIfAborted();
    }
    await this.#flush(true);
    return this.#tally.summary();
  }

  async #flush(done: boolean): Promise<void> {
    if (this.#batch.length > 0) await this.options.send(this.#batch);
    await this.rejects?.append(this.#rejections);
    const summary = this.#tally.summary();
    await this.checkpoints?.save({
      summary,
      done,
      startedAt: this.#startedAt,
      rejectsBytes: this.rejects?.bytes ?? 0,
    });
    this.#batch = [];
    this.#rejections = [];
    this.#linesSinceCheckpoint = 0;
    this.options.progress?.update({ counts: summary, ...this.bytes() });
    this.options.signal?.throwIfAborted();
  }
}
