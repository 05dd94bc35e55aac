/** Records for tests of operators: real bars from the fixtures, and made-up ones where only one property matters. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nyse } from "../../operators/calendar/nyse.js";
import type { CalendarLookup, ExchangeCalendar } from "../../operators/calendar/calendar.js";
import { findCalendar } from "../../operators/calendar/calendars.js";
import { recordId } from "../../operators/record-id.js";
import type { Bar, NewsSentiment, Score } from "../../schemas/generated/types.js";
import { packageRoot } from "../../schemas/files.js";

export const fixtureSymbols = ["AAPL", "BAC", "XOM"] as const;

/** The exchanges' calendars, as operators get them, and that of New York. */
export const services: { readonly calendars: CalendarLookup; readonly calendar: ExchangeCalendar } = {
  calendars: findCalendar,
  calendar: nyse,
};

/** A bar with the id that its content calls for, whatever id is given. */
export function bar(fields: Partial<Bar>): Bar {
  const close = fields.close ?? 100;
  const eventTime = fields.eventTime ?? Date.UTC(2014, 0, 2, 21);
  const content: Bar = {
    symbol: "TEST",
    interval: "1d",
    eventTime,
    availableAt: eventTime,
    origin: "backfill",
    open: close,
    high: Math.max(close, fields.open ?? close),
    low: Math.min(close, fields.open ?? close),
    close,
    volume: 1000,
    adjustment: 1,
    split: 1,
    dividendFactor: 1,
    confirmed: false,
    calendar: "XNYS",
    ...fields,
    id: "",
  };
  const { open, high, low, volume, adjustment } = content;
  const numbers = [content.eventTime, open, high, low, content.close, volume, adjustment];
  return { ...content, id: recordId(content.symbol, content.interval, ...numbers.map(String)) };
}

/** Closes of the exchange from a moment on. */
export function sessionCloses(count: number, from = Date.UTC(2013, 0, 1)): number[] {
  const times: number[] = [];
  for (let time = from; times.length < count; times.push(time)) time = services.calendar.nextClose(time);
  return times;
}

/** Real daily bars of one of `fixtureSymbols`. */
export function fixtureBars(symbol: string, limit = 300): Bar[] {
  const [, ...lines] = readFileSync(join(packageRoot, "test/fixtures/indicators", `${symbol}.csv`), "utf8")
    .trim()
    .split("\n");
  return lines.slice(0, limit).map((line) => {
    const [date = "", ...cells] = line.split(",");
    const [open = NaN, high = NaN, low = NaN, close = NaN, adjusted = NaN, volume = NaN] = cells.map(Number);
    const eventTime = services.calendar.session(date)?.close;
    return bar({ symbol, eventTime: eventTime ?? NaN, open, high, low, close, volume, adjustment: adjusted / close });
  });
}

export function sentiment(fields: Partial<NewsSentiment> & { readonly eventTime: number }): NewsSentiment {
  const symbol = fields.symbol ?? "TEST";
  const articleId = fields.articleId ?? `article-${fields.eventTime}`;
  return {
    id: recordId("sentiment", articleId, symbol),
    articleId,
    symbol,
    asOf: fields.eventTime,
    origin: "backfill",
    score: 0.5,
    label: "positive",
    confidence: 0.6,
    blend: { negative: 0.1, neutral: 0.3, positive: 0.6 },
    transformer: { negative: 0.1, neutral: 0.3, positive: 0.6 },
    vader: { negative: 0, neutral: 0.5, positive: 0.5 },
    vaderCompound: 0.4,
    model: { name: "encoder", version: "1", sha256: "0".repeat(64) },
    arm: "champion",
    degraded: false,
    fingerprint: Buffer.alloc(0),
    report: false,
    ...fields,
  };
}

export interface ScoreFields extends Partial<Omit<Score, "targets">> {
  /** P(up); undefined for a score without that target. */
  readonly up?: number | undefined;
  /** P(large move). */
  readonly move?: number | undefined;
  readonly levels?: number[];
  /** Quantiles of the return, one a level. */
  readonly quantiles?: number[] | undefined;
}

/** The score that the stage would give a vector made of this bar. */
export function score(of: Bar, fields: ScoreFields = {}): Score {
  const { up, move, quantiles, levels = [0.05, 0.25, 0.5, 0.75, 0.95], ...rest } = fields;
  const target = (name: string, values: number[] | undefined, at: number[] = []) =>
    values === undefined
      ? []
      : [
          {
            target: name,
            values,
            levels: at,
            model: { name: `${name}-trees`, version: "3", sha256: "1".repeat(64) },
            arm: "champion",
            trained: null,
          },
        ];
  const sequence = fields.sequence ?? 1;
  const vectorId = recordId("features", of.id, of.symbol, String(sequence));
  return {
    id: recordId("scores", vectorId, of.symbol),
    symbol: of.symbol,
    vectorId,
    featureSet: "fs-test",
    values: [0.1, 0.2],
    targets: [
      ...target("direction", up === undefined ? undefined : [up]),
      ...target("move", move === undefined ? undefined : [move]),
      ...target("return", quantiles, levels),
    ],
    sequence,
    eventTime: of.eventTime,
    asOf: of.availableAt,
    origin: of.origin,
    interval: of.interval,
    barId: of.id,
    barTime: of.eventTime,
    close: of.close,
    sentimentMean: 0,
    sentimentCount: 0,
    sentimentModel: null,
    ...rest,
  };
}
