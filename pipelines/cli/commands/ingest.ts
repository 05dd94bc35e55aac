import { join } from "node:path";
import { Command, Option } from "commander";
import type { Origin } from "../../../schemas/generated/types.js";
import { topics, type TopicName } from "../../../schemas/topics.js";
import {
  ingestExitCode,
  ingestFile,
  ingestProgress,
  readSymbolList,
  type IngestKind,
  type IngestSummary,
} from "../../ingest/index.js";
import { createSchemaRegistry, openCodecs, type RecordCodec } from "../../runtime/codec.js";
import { partitionOf } from "../../runtime/kafka/partition-of.js";
import { PlainProducer } from "../../runtime/kafka/producers.js";
import { traceparentOf } from "../../runtime/trace.js";
import { openContext, say } from "../context.js";

interface IngestOptions {
  origin: Origin;
  symbols?: string;
  source?: string;
  interval?: string;
  rejects?: string;
  again?: boolean;
}

const topicOf = { news: "news.raw", bars: "market.bars" } as const satisfies Record<IngestKind, TopicName>;

export function ingestCommand(): Command {
  const ingest = new Command("ingest").description(
    "Publish news or bars from a file or standard input (JSON Lines or CSV, gzip too).",
  );
  for (const kind of ["news", "bars"] as const) {
    const command = ingest
      .command(kind)
      .description(kind === "news" ? "Articles, headlines or posts, to news.raw." : "OHLCV bars, to market.bars.")
      .argument("<file>", "a file, or - for standard input")
      .addOption(
        new Option("--origin <origin>", "live: known from its arrival on; backfill: known since it was published")
          .choices(["live", "backfill"])
          .default("live"),
      )
      .option("--symbols <file>", "symbol list, one a line, or `any`; default: the symbols of the bundled models")
      .option("--rejects <file>", "write every rejected line here, JSON Lines")
      .option("--again", "publish the file again even if it was published before");
    if (kind === "news") command.option("--source <name>", "source of articles that name none");
    else command.option("--interval <interval>", "interval of bars that have a time and name none, e.g. 1m");
    command.action((file: string, options: IngestOptions) => ingestOne(kind, file, options));
  }
  return ingest;
}

async function ingestOne(kind: IngestKind, file: string, options: IngestOptions): Promise<void> {
  const context = await openContext();
  const name = topicOf[kind];
  const topic = context.names.topic(name);
  const codecs = await openCodecs(createSchemaRegistry(context.config), [name], context.names.topic);
  const codec = codecs[name] as RecordCodec<unknown>;
  const keyOf = topics[name].keyOf as (record: unknown) => string;
  const producer = new PlainProducer(context.kafka);
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort(new Error("interrupted")));
  let summary: IngestSummary;
  try {
    summary = await ingestFile<IngestKind>({
      kind,
      input: file,
      origin: options.origin,
      now: Date.now,
      symbols: readSymbolList(options.symbols),
      source: options.source,
      interval: options.interval,
      again: options.again,
      rejectsFile: options.rejects,
      stateDirectory: join(context.config.dataDirectory, "checkpoints"),
      progress: ingestProgress(kind, process.stderr, Date.now),
      signal: interrupt.signal,
      send: (records: { id: string }[]) =>
        producer.send(
          records.map((record) => ({
            topic,
            partition: partitionOf(keyOf(record), context.config.partitions),
            key: keyOf(record),
            value: codec.encode(record),
            headers: { traceparent: traceparentOf(record.id) },
          })),
        ),
    });
  } finally {
    await producer.close();
    await context.close();
  }
  report(summary, options.rejects);
  process.exitCode = ingestExitCode(summary);
}

function report(summary: IngestSummary, rejectsFile: string | undefined): void {
  if (summary.alreadyIngested) say("this file was published before; use --again to publish it again");
  say(
    `${summary.lines} lines: ${summary.accepted} accepted, ${summary.duplicates} duplicates, ${summary.rejected} rejected, ${summary.skipped} skipped`,
  );
  for (const { line, code, reason } of summary.rejections) say(`  line ${line}: ${code}: ${reason}`);
  const more = summary.rejected - summary.rejections.length;
  if (more > 0) say(`  and ${more} more${rejectsFile ? ` in ${rejectsFile}` : "; --rejects FILE keeps them all"}`);
}
