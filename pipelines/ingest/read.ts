import type { Readable } from "node:stream";
import type { Origin } from "../../schemas/generated/types.js";
import { formatByContent, formatByName, type Input } from "./input.js";
import { Judge } from "./judge.js";
import { LineSplitter, type Line } from "./lines.js";
import type { IngestKind, IngestRecords, LineOutcome } from "./outcome.js";
import { recordReader, type FileFormat, type RawRecord, type RecordReader } from "./records.js";
import type { Tagging } from "./news.js";
import { universeOfFile, type Universe } from "./universe/index.js";

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
  /** Source of articles that name none; default `stocknet`. */
  readonly source?: string | undefined;
  /** Finds the symbols of articles in their headlines. */
  readonly tagging?: Tagging | undefined;
  /** Interval of bars with a `time` that name none. */
  readonly interval?: string | undefined;
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
    source: options.source ?? "stocknet",
    interval: options.interval,
    tagging: options.tagging,
    calendarOf: options.calendarOf ?? ((symbol: string) => symbols.calendarOf(symbol)),
  };
}

/**
 * Every line's outcome, in the order of the file: one array for each chunk that was read.
 *
 * @param nowAt the clock for a line; a resumed run judges the lines of the first run by the clock of then
 */
export async function* readOutcomes<Kind extends IngestKind>(
  input: Input,
  options: ReadOptions<Kind>,
  nowAt: (line: number) => number = options.now,
): AsyncGenerator<LineOutcome<IngestRecords[Kind]>[]> {
  const splitter = new LineSplitter();
  const judge = new Judge(options.kind, judgeOptions(options));
  let format = options.format ?? formatByName(options.input);
  let reader: RecordReader | undefined;

  const raws = (lines: readonly Line[]): RawRecord[] =>
    lines.flatMap((line) => {
      if (reader === undefined) {
        // Blank lines show nothing of the format.
        format ??= isBlank(line) ? undefined : formatByContent(line.bytes);
        if (format === undefined) return [{ line, skipped: true }];
        reader = recordReader(format, options.kind, options.tagging ? ["symbols"] : []);
      }
      return reader.push(line);
    });
  const judged = (records: readonly RawRecord[]) => records.map((raw) => judge.judge(raw, nowAt(raw.line.number)));

  for await (const chunk of input.chunks) yield judged(raws(splitter.push(chunk)));
  yield judged(raws(splitter.end()));
  yield judged(reader?.end() ?? []);
}

function isBlank(line: Line): boolean {
  return line.bytes.toString("latin1").trim() === "";
}
