/**
 * A backfill: history into the raw topics, then through one stage after the other, each to the end of its inputs. That
 * order has no race in it, so the same history gives the same records whatever the timing, the batches and the number of
 * processes. Long histories are cut into slices of time, to bound what a stage has to sort.
 */
import type { ClusterAdmin } from "../../runtime/kafka/admin.js";
import type { PipelineConfig } from "../../config.js";
import { UserError } from "../../runtime/errors.js";
import type { Kafka } from "../../runtime/kafka/client.js";
import type { Logger } from "../../runtime/logger.js";
import { Metrics } from "../../runtime/metrics.js";
import { namesUnder } from "../../runtime/names.js";
import {
  MapOfTwo,
  readSorted,
  slices,
  type IngestSummary,
  type ReadOptions,
  type Rejection,
  type Universe,
} from "../../ingest/index.js";
import { startPipeline } from "../../pipeline.js";
import { consumersOf, stagesOf, type Part } from "../../stages/part.js";
import { inputEnds, type Places } from "../waiting.js";
import { HistoryLoader, identityOf, type History } from "./load.js";

export interface BackfillOptions {
  readonly config: PipelineConfig;
  readonly kafka: Kafka;
  readonly admin: ClusterAdmin;
  readonly logger: Logger;
  readonly parts: readonly Part[];
  readonly newsFile?: string | undefined;
  readonly barsFile?: string | undefined;
  readonly symbols?: Universe | undefined;
  /** How each file is read. */
  readonly readNews?: Partial<ReadOptions<"news">> | undefined;
  readonly readBars?: Partial<ReadOptions<"bars">> | undefined;
  readonly onRejected?: ((file: string, rejection: Rejection) => void) | undefined;
  /** Called with a history of which nothing was loaded before; throws where it cannot be loaded. */
  readonly checkNew?: ((history: History) => Promise<void>) | undefined;
  /** Most records of news and bars in a slice of time. */
  readonly sliceRecords?: number | undefined;
  readonly progress: BackfillProgress;
  /** How a stage is run to the end of its inputs; default: in this process. */
  readonly drain?: DrainStage | undefined;
}

/** @param onLag called with the records that wait before the stage */
export type DrainStage = (name: string, onLag: (left: number) => void) => Promise<void>;

/** Called with the progress of each step. */
export interface BackfillProgress {
  read(file: string, summary: IngestSummary): void;
  /** All files are read, nothing is loaded yet. */
  allRead?(files: readonly ReadHistoryFile[]): void;
  loading(done: number, total: number): void;
  /** @param left records that wait before the stage */
  stage(name: string, left: number): void;
  stageDone(name: string, seconds: number): void;
  slice(number: number, of: number): void;
}

export interface ReadHistoryFile {
  readonly name: string;
  readonly summary: IngestSummary;
}

export interface BackfillResult {
  /** True when there was anything to load. */
  readonly loaded: boolean;
  /** Lines that were refused. */
  readonly rejected: number;
  readonly files: readonly ReadHistoryFile[];
  /** A file of which every line was refused: then nothing is loaded. */
  readonly unusable: string | undefined;
  /** Where the inputs of each part ended when it began its last drain: what lies behind them came from elsewhere meanwhile. */
  readonly drained: ReadonlyMap<string, Places>;
}

export async function backfill(options: BackfillOptions): Promise<BackfillResult> {
  await refuseLiveStages(options);
  const { history, files: filesRead } = await readHistory(options);
  const rejected = filesRead.reduce((sum, { summary }) => sum + summary.rejected, 0);
  options.progress.allRead?.(filesRead);
  const unusable = filesRead.find(({ summary }) => summary.accepted === 0 && summary.rejected > 0)?.name;
  const said = { rejected, files: filesRead, unusable };
  if (unusable !== undefined) return { loaded: false, ...said, drained: new Map() };
  const { isNew, drained } = await loadHistory(options, history);
  return { loaded: isNew, ...said, drained };
}

async function readHistory(options: BackfillOptions): Promise<{ history: History; files: ReadHistoryFile[] }> {
  const files = [options.newsFile, options.barsFile].filter((file) => file !== undefined);
  const { newsFile, barsFile, progress } = options;
  const mapOfTwo = files.length === 2 ? new MapOfTwo() : undefined;
  const read = { now: Date.now, symbols: options.symbols, mapOfTwo };
  const filesRead: ReadHistoryFile[] = [];
  const noteOf = (file: string) => (rejection: Rejection) => options.onRejected?.(file, rejection);
  const taken = <Records>(file: string, sorted: { records: Records; summary: IngestSummary }): Records => {
    progress.read(file, sorted.summary);
    filesRead.push({ name: file, summary: sorted.summary });
    return sorted.records;
  };
  const news = newsFile
    ? taken(
        newsFile,
        await readSorted({ ...read, ...options.readNews, kind: "news", input: newsFile, onRejected: noteOf(newsFile) }),
      )
    : [];
  const bars = barsFile
    ? taken(
        barsFile,
        await readSorted({ ...read, ...options.readBars, kind: "bars", input: barsFile, onRejected: noteOf(barsFile) }),
      )
    : [];
  mapOfTwo?.refuseAbsent();
  return {
    history: { identity: await identityOf(files, options.symbols?.description, asRead(options)), news, bars },
    files: filesRead,
  };
}

/** The same lines read otherwise are another history. */
function asRead({ readNews = {}, readBars = {} }: BackfillOptions): string | undefined {
  const set = [readNews, readBars].map((given) => Object.entries(given).filter(([, value]) => value !== undefined));
  return set.some((given) => given.length > 0) ? JSON.stringify(set) : undefined;
}

/** Loads what is not loaded yet, slice by slice, and brings it through all stages. */
async function loadHistory(
  options: BackfillOptions,
  history: History,
): Promise<{ /** Whether there was anything to load. */ isNew: boolean; drained: BackfillResult["drained"] }> {
  const loader = new HistoryLoader(options.config, options.kafka);
  try {
    await loader.open();
    const before = loader.loaded(history.identity);
    if (before.news === 0 && before.bars === 0) await options.checkNew?.(history);
    const isLoaded = before.news >= history.news.length && before.bars >= history.bars.length;
    const total = history.news.length + history.bars.length;
    const cuts = Array.from(slices(history.news, history.bars, options.sliceRecords ?? 500_000), (cut) => ({
      news: cut.news.length,
      bars: cut.bars.length,
    }));
    const until = { news: 0, bars: 0 };
    let drained: BackfillResult["drained"] = new Map();
    let slice = 0;
    for (const cut of cuts) {
      slice += 1;
      until.news += cut.news;
      until.bars += cut.bars;
      const isLast = slice === cuts.length;
      const isSliceLoaded = before.news >= until.news && before.bars >= until.bars;
      // A slice before the one reached went through all stages before the next was loaded.
      if (isSliceLoaded && !isLast) continue;
      options.progress.slice(slice, cuts.length);
      await loader.load(history, until, (loaded) => options.progress.loading(loaded.news + loaded.bars, total));
      // From here on the topics alone hold the history: it would take as much memory as a stage.
      if (isLast) for (const records of [history.news, history.bars]) records.length = 0;
      drained = await drainStages(options);
    }
    return { isNew: !isLoaded, drained };
  } finally {
    await loader.close();
  }
}

/** Brings the records of the topics through all stages and into the database. */
async function drainStages(options: BackfillOptions): Promise<BackfillResult["drained"]> {
  const { admin, config, parts, progress, drain = drainHere(options) } = options;
  const drained = new Map<string, Places>();
  for (const part of consumersOf(parts)) {
    const { name } = part;
    drained.set(name, await inputEnds({ admin, names: namesUnder(config.topicPrefix) }, part));
    const started = performance.now();
    await drain(name, (left) => progress.stage(name, left));
    progress.stageDone(name, (performance.now() - started) / 1000);
  }
  return drained;
}

/** Runs a stage in this process to the end of its inputs. */
export function drainHere(options: Pick<BackfillOptions, "config" | "kafka" | "admin" | "logger">): DrainStage {
  return async (name, onLag) => {
    const running = await startPipeline([name], { ...options, metrics: new Metrics(), drain: true });
    const reporting = setInterval(() => {
      if (running.ready()) onLag(running.lag());
    }, 250);
    try {
      await running.done;
    } finally {
      clearInterval(reporting);
      await running.stop();
    }
  };
}

/** Live stages would take a share of the tasks, and process history in another order. */
async function refuseLiveStages({ admin, config, parts }: BackfillOptions): Promise<void> {
  const names = namesUnder(config.topicPrefix);
  for (const { name } of stagesOf(parts)) {
    const members = await admin.groupMembers(names.group(name));
    if (members > 0) {
      throw new UserError(
        `The stage ${name} is running in ${members} ${members === 1 ? "process" : "processes"}: a backfill runs stage by stage, alone`,
        "Stop the stages first, and start them again afterwards; or publish with `newstape ingest --origin backfill`, where the order does not matter. A process that was killed leaves its group within the session time-out (6 s).",
      );
    }
  }
}
