import { recordId } from "../../operators/record-id.js";
import type { Bar, NewsArticle } from "../../schemas/generated/types.js";
import { parseBar, type BarOptions, type ParsedBar } from "./bars.js";
import type { Fields } from "./fields.js";
import type { Line } from "./lines.js";
import { parseNews, type NewsOptions } from "./news.js";
import { type IngestKind, type IngestRecords, type LineOutcome, Refusal, rejectionOf } from "./outcome.js";
import type { RawRecord } from "./records.js";
import { SeenIdentifiers } from "./seen.js";
import { RecentBars, type Witness } from "./series.js";
import { namedSymbol } from "./symbols.js";

/** A parsed record with what distinguishes it from others of the same file. */
interface Identified<Record> {
  readonly record: Record;
  readonly unknownSymbols: number;
  readonly identifier: string;
  readonly content: string;
  readonly witness?: Witness | undefined;
}

export interface JudgeOptions extends NewsOptions, BarOptions {
  /** The symbol of lines that name none. */
  readonly symbol?: string | undefined;
}

/** Gives each line of one file its outcome; remembers what it has accepted, so that repeats are recognised. */
export class Judge<Kind extends IngestKind> {
  readonly #seen = new SeenIdentifiers();
  readonly #bars = new RecentBars();
  readonly #parse: (fields: Fields, now: number) => Identified<IngestRecords[Kind]>;

  constructor(
    kind: Kind,
    private readonly options: JudgeOptions,
  ) {
    const news = { ...options, identity: "id" } as const;
    const parsers: { [K in IngestKind]: (fields: Fields, now: number) => Identified<IngestRecords[K]> } = {
      news: (fields, now) => identifiedNews(parseNews(fields, news, now)),
      bars: (fields, now) => identifiedBar(parseBar(fields, options, now, this.#bars.before)),
    };
    this.#parse = parsers[kind];
  }

  /** @param now the clock, ms since 1970 */
  judge(raw: RawRecord, now: number): LineOutcome<IngestRecords[Kind]> {
    const line = raw.line.number;
    if ("skipped" in raw) return { outcome: "skipped", line };
    if ("refusal" in raw) return rejected(raw.line, raw.refusal);
    try {
      const fields = namedSymbol(raw.fields, this.options.symbol);
      const { record, unknownSymbols, identifier, content, witness } = this.#parse(fields, now);
      const before = this.#seen.contentOf(identifier);
      if (before === content) return { outcome: "duplicate", line };
      // Live, a bar with other content is a correction, and has another id.
      if (before !== undefined && !("interval" in record && this.options.origin === "live")) {
        throw new Refusal("DUPLICATE_ID", "the file had this identifier before, with other content");
      }
      this.#seen.note(identifier, content);
      if ("interval" in record) this.#bars.note(record, witness);
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

function identifiedBar({ record, witness }: ParsedBar): Identified<Bar> {
  const identifier = `${record.symbol} ${record.interval} ${record.eventTime}`;
  return { record, unknownSymbols: 0, identifier, content: record.id, witness };
}

const rejected = (line: Line, refusal: Refusal): LineOutcome<never> => ({
  outcome: "rejected",
  line: line.number,
  rejection: rejectionOf(line, refusal),
});
