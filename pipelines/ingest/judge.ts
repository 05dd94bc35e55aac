import { recordId } from "../../operators/record-id.js";
import type { Bar, NewsArticle } from "../../schemas/generated/types.js";
import { parseBar, type BarOptions } from "./bars.js";
import { RecentCloses } from "./corporate-actions.js";
import type { Fields } from "./fields.js";
import { limits } from "./limits.js";
import type { Line } from "./lines.js";
import { parseNews, type NewsOptions } from "./news.js";
import { type IngestKind, type IngestRecords, type LineOutcome, Refusal } from "./outcome.js";
import type { RawRecord } from "./records.js";
import { SeenIdentifiers } from "./seen.js";

/** A parsed record with what distinguishes it from others of the same file. */
interface Identified<Record> {
  readonly record: Record;
  readonly unknownSymbols: number;
  readonly identifier: string;
  readonly content: string;
}

export type JudgeOptions = NewsOptions & BarOptions;

/** Gives each line of one file its outcome; remembers what it has accepted, so that repeats are recognised. */
export class Judge<Kind extends IngestKind> {
  readonly #seen = new SeenIdentifiers();
  readonly #closes = new RecentCloses();
  readonly #parse: (fields: Fields, now: number) => Identified<IngestRecords[Kind]>;

  constructor(
    kind: Kind,
    private readonly options: JudgeOptions,
  ) {
    const parsers: { [K in IngestKind]: (fields: Fields, now: number) => Identified<IngestRecords[K]> } = {
      news: (fields, now) => identifiedNews(parseNews(fields, options, now)),
      bars: (fields, now) => identifiedBar(parseBar(fields, options, now, this.#closes.closeBefore)),
    };
    this.#parse = parsers[kind];
  }

  /** @param now the clock, ms since 1970 */
  judge(raw: RawRecord, now: number): LineOutcome<IngestRecords[Kind]> {
    const line = raw.line.number;
    if ("skipped" in raw) return { outcome: "skipped", line };
    if ("refusal" in raw) return rejected(raw.line, raw.refusal);
    try {
      const { record, unknownSymbols, identifier, content } = this.#parse(raw.fields, now);
      const before = this.#seen.contentOf(identifier);
      if (before === content) return { outcome: "duplicate", line };
      // Live, a bar with other content is a correction, and has another id.
      if (before !== undefined && !("interval" in record && this.options.origin === "live")) {
        throw new Refusal("DUPLICATE_ID", "the file had this identifier before, with other content");
      }
      this.#seen.note(identifier, content);
      if ("interval" in record) this.#closes.note(record);
      return { outcome: "accepted", line, record, unknownSymbols };
    } catch (error) {
      if (error instanceof Refusal) return rejected(raw.line, error);
      throw error;
    }
  }
}

function identifiedNews({
  record,
  unknownSymbols,
}: {
  record: NewsArticle;
  unknownSymbols: number;
}): Identified<NewsArticle> {
  const { headline, symbols, eventTime } = record;
  const content = recordId(headline, symbols.join(" "), String(eventTime));
  return { record, unknownSymbols, identifier: record.id, content };
}

function identifiedBar(record: Bar): Identified<Bar> {
  const identifier = `${record.symbol} ${record.interval} ${record.eventTime}`;
  return { record, unknownSymbols: 0, identifier, content: record.id };
}

function rejected(line: Line, { code, reason }: Refusal): LineOutcome<never> {
  const original = line.bytes.subarray(0, limits.originalBytes).toString("utf8");
  return { outcome: "rejected", line: line.number, rejection: { line: line.number, code, reason, original } };
}
