import type { Readable } from "node:stream";
import type { Origin } from "../../schemas/generated/types.js";
import { UserError } from "../runtime/errors.js";
import type { Stamped } from "./bar-time.js";
import type { ColumnMap, MapOfTwo } from "./columns.js";
import { FileNotes } from "./notes.js";
import type { Adjusted } from "./corporate-actions.js";
import { FileLines } from "./file-lines.js";
import { openInput, type Input } from "./input.js";
import { Judge, type JudgeOptions } from "./judge.js";
import { limits } from "./limits.js";
import type { Tagging } from "./news.js";
import type { IngestKind, IngestRecords, LineOutcome } from "./outcome.js";
import type { FileFormat, RawRecord } from "./records.js";
import { recordTime, Survey, type NewestFirst } from "./survey.js";
import type { ZoneChoice } from "./times.js";
import { universeOfFile, type SymbolNote, type Universe } from "./universe/index.js";

/** What to read and how to judge it. */
export interface ReadOptions<Kind extends IngestKind = IngestKind> {
  /** A file, or `-` for standard input; gzip or plain. */
  readonly input: string;
  readonly kind: Kind;
  readonly origin: Origin;
  /** The clock, ms since 1970. */
  readonly now: () => number;
  /** Default: by the file's name, else by its first line. */
  readonly format?: FileFormat | undefined;
  /** Default: of the bundled slice the bundled list; any other file is let in whole. */
  readonly symbols?: Universe | undefined;
  /** Takes what each line has for a symbol, once. */
  readonly onSymbol?: SymbolNote | undefined;
  /** Source of articles that name none; default `stocknet`. */
  readonly source?: string | undefined;
  /** Finds the symbols of articles in their headlines. */
  readonly tagging?: Tagging | undefined;
  /** Interval of bars with a `time` that name none. */
  readonly interval?: string | undefined;
  /** Where times without a zone are to be read: an IANA name or an offset; `exchange`: the zone of the bar's exchange. */
  readonly zone?: ZoneChoice | undefined;
  /** Which end of a bar its time is; default: the close, and files that speak against it are refused. */
  readonly stamped?: Stamped | undefined;
  /** What the prices hold already; default: nothing, and splits at which they do not jump are refused. */
  readonly adjusted?: Adjusted | undefined;
  /** Columns by the names that the file has for them. */
  readonly map?: ColumnMap | undefined;
  /** Where the map is for files of both kinds: says at the end which of its columns were in none of them. */
  readonly mapOfTwo?: MapOfTwo | undefined;
  /** The columns of a CSV file without a header, in their order. */
  readonly columns?: readonly string[] | undefined;
  /** The symbol of all lines of a file that names none. */
  readonly symbol?: string | undefined;
  /** What to do with a file that begins with the newest record; `note`: read it as it is, and say so; default: read it as it is. */
  readonly newestFirst?: "refuse" | "sort" | "note" | undefined;
  /** Name of the calendar of a symbol's exchange; default: by the universe, `XNYS` where it names none. */
  readonly calendarOf?: ((symbol: string) => string) | undefined;
  /** Standard input; replaced in tests. */
  readonly stdin?: Readable | undefined;
}

/** The options with their defaults filled in. */
export function judgeOptions(options: ReadOptions) {
  const symbols = options.symbols ?? universeOfFile(options.input);
  return {
    origin: options.origin,
    symbols,
    onSymbol: options.onSymbol,
    source: options.source ?? "stocknet",
    interval: options.interval,
    zone: options.zone,
    stamped: options.stamped,
    adjusted: options.adjusted,
    symbol: options.symbol,
    tagging: options.tagging,
    calendarOf: options.calendarOf ?? ((symbol: string) => symbols.calendarOf(symbol)),
  };
}

/**
 * Every line's outcome, in the order of the file: one array for each chunk that was read.
 *
 * @param nowAt the clock for a line; a resumed run judges the lines of the first run by the clock of then
 * @param notes takes what is to be said of the file
 * @throws UserError for a file that begins with the newest record, where the options refuse that
 */
export async function* readOutcomes<Kind extends IngestKind>(
  input: Input,
  options: ReadOptions<Kind>,
  nowAt: (line: number) => number = options.now,
  notes: FileNotes = new FileNotes(),
): AsyncGenerator<LineOutcome<IngestRecords[Kind]>[]> {
  const settled = judgeOptions(options);
  const lines = new FileLines(options, notes);
  const survey = new Survey(options.kind, settled, options.newestFirst !== undefined);
  const isStream = input.totalBytes === undefined;
  let isWhole = false;
  let judge: Judge<Kind> | undefined;
  let held: RawRecord[] = [];
  const judged = (records: readonly RawRecord[], by: Judge<Kind>) =>
    records.map((raw) => by.judge(raw, nowAt(raw.line.number)));
  const settle = (isAll: boolean): Judge<Kind> => {
    const order = survey.newestFirst;
    if (order !== undefined && options.newestFirst === "refuse") throw newestFirst(input.name, order);
    return new Judge(options.kind, { ...settled, ...noted(options, { lines, survey, notes, isAll }) });
  };

  const ending: Ending = {};
  for await (const chunk of readToEnd(input.chunks, lines, ending)) {
    if (judge !== undefined) {
      yield judged(chunk, judge);
      continue;
    }
    held = held.length === 0 ? chunk : held.concat(chunk);
    if (!isWhole) for (const raw of chunk) survey.note(raw, lines.isAlwaysDaily());
    // What comes over a stream may be all for a while; what is to be sorted may wait.
    const mayWait = !isStream || options.newestFirst === "sort";
    if (!survey.isDecided && mayWait && held.length < limits.linesSurveyed) continue;
    isWhole ||= !survey.isDecided && !isStream && (await surveyRest(options, survey, held.length));
    if (options.newestFirst === "sort" && survey.newestFirst !== undefined) continue;
    judge = settle(isWhole);
    yield judged(held, judge);
    held = [];
  }
  if (judge === undefined) {
    judge = settle(true);
    if (options.newestFirst !== "sort" || survey.newestFirst === undefined) yield judged(held, judge);
    else {
      const outcomes = judged(oldestFirst(held, options.kind, settled), judge);
      yield outcomes.sort((left, right) => left.line - right.line);
    }
  }
  if ("error" in ending) throw ending.error;
}

/** What the lines that were looked at say of the whole file; what is to be said of it goes into the notes. */
function noted(
  options: ReadOptions,
  {
    lines,
    survey,
    notes,
    isAll,
  }: { readonly lines: FileLines; readonly survey: Survey; readonly notes: FileNotes; readonly isAll: boolean },
): Partial<JudgeOptions> {
  if (options.newestFirst === "note") notes.newestFirst = survey.newestFirst?.why;
  const identifyByWords = !lines.hasIdentity();
  if (identifyByWords) notes.remarks.push(knownByWords);
  const stampedAtOpen = survey.stampedAtOpen(isAll ? options.now() : -Infinity);
  if (survey.doubt !== undefined)
    notes.remarks.push(`${survey.doubt}; if times are those of the open, add --stamped open`);
  if (notes.columns.countsActions && options.adjusted === undefined) notes.remarks.push(countedActions);
  const goesByListing = options.kind === "bars" && options.calendarOf === undefined;
  const onSymbol: SymbolNote = (raw, found) => {
    options.onSymbol?.(raw, found);
    if (goesByListing) notes.withoutExchange.note(found);
  };
  return { onSymbol, stampedAtOpen, hasTimesOfDay: survey.hasTimesOfDay, identifyByWords };
}

const countedActions =
  "splits and dividends are counted; for prices that hold them already, as yfinance gives by default, add --adjusted all";
const knownByWords = "no column has an id or a url: articles are known by headline, time and symbols";

/** Why an input ended before its end: what was whole until then is taken first. */
interface Ending {
  error?: unknown;
}

/** The records of the lines of each chunk, and of what is open at the end. */
async function* readToEnd(
  chunks: AsyncIterable<Buffer>,
  lines: FileLines,
  ending: Ending,
): AsyncGenerator<RawRecord[]> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next().catch((error: unknown) => {
        ending.error = error;
        return { done: true as const, value: undefined };
      });
      if (next.done === true) break;
      yield lines.push(next.value);
    }
  } finally {
    await iterator.return?.();
  }
  if (!("error" in ending)) yield lines.end();
}

/** Looks at the rest of a file whose beginning could not tell. @returns true */
async function surveyRest(options: ReadOptions, survey: Survey, seen: number): Promise<boolean> {
  const input = await openInput(options.input, options.stdin);
  const lines = new FileLines(options, new FileNotes());
  let read = 0;
  try {
    for await (const records of readToEnd(input.chunks, lines, {})) {
      for (const raw of records) {
        read += 1;
        if (read > seen) survey.note(raw, lines.isAlwaysDaily());
      }
      if (survey.isDecided) break;
    }
    return true;
  } finally {
    await input.close();
  }
}

function newestFirst(name: string, { why, areOthersForwards }: NewestFirst): UserError {
  const subject = areOthersForwards ? `a symbol of ${name}` : name;
  const turn = areOthersForwards
    ? "Sort it by time, its header left at the top"
    : "Turn it round, its header left at the top (head -1 FILE; tail -n +2 FILE | tac)";
  return new UserError(
    `${subject} begins with the newest record: ${why}`,
    `${turn}, or load it with \`newstape backfill\`, which sorts.`,
  );
}

/** Records by their time; one that has none stays behind the one before it. */
function oldestFirst(records: readonly RawRecord[], kind: IngestKind, options: JudgeOptions): RawRecord[] {
  let last = -Infinity;
  const timed = records.map((raw) => ({ raw, at: (last = recordTime(raw, kind, options) ?? last) }));
  return timed.sort((left, right) => left.at - right.at).map(({ raw }) => raw);
}
