import { Command } from "commander";
import { topics, type TopicName, type TopicRecords } from "../../../schemas/topics.js";
import { createSchemaRegistry, RecordCodec, subjectOf, UndecodableError } from "../../runtime/codec.js";
import { UserError } from "../../runtime/errors.js";
import { readTopic } from "../../runtime/kafka/read-topic.js";
import type { StoredRecord } from "../../runtime/kafka/types.js";
import { openContext, say, type Context } from "../context.js";
import { isCatalogued, topicArgument } from "../names.js";
import { withJson, writeJson } from "../output.js";

interface TailOptions {
  fromBeginning?: boolean;
  count?: number;
  key?: string;
}

type Decode = (value: Buffer | null) => Promise<unknown>;

export function tailCommand(): Command {
  return withJson(new Command("tail"), "as without it: JSON Lines {partition, offset, timestamp, key, headers, value}")
    .description("Print a topic's records, decoded, as JSON Lines.")
    .addArgument(topicArgument())
    .option("--from-beginning", "everything that the topic holds, then what arrives")
    .option("-n, --count <number>", "stop after so many records", countOf)
    .option("--key <key>", "only records of this key, e.g. a symbol")
    .addHelpText(
      "after",
      "\nExamples:\n  newstape tail signals --key AAPL\n  newstape tail features.rejected --from-beginning -n 5",
    )
    .action(async (topic: string, options: TailOptions) => {
      const context = await openContext();
      const physical = isCatalogued(topic) ? context.names.topic(topic) : context.config.topicPrefix + topic;
      const decode = isCatalogued(topic) ? await decoderOf(context, topic) : undecoded;
      let finish = (): void => undefined;
      const finished = new Promise<void>((resolve) => (finish = resolve));
      let printed = 0;
      let printing = Promise.resolve();
      const print = async (stored: StoredRecord): Promise<void> => {
        if (printed >= (options.count ?? Infinity)) return finish();
        const { partition, offset, timestamp, key, headers } = stored;
        const value = await decode(stored.value);
        writeJson({ partition, offset, timestamp: new Date(timestamp).toISOString(), key, headers, value });
        printed += 1;
        if (printed >= (options.count ?? Infinity)) finish();
      };
      const reader = await readTopic(
        context.kafka,
        context.admin,
        physical,
        (stored) => {
          if (options.key === undefined || stored.key === options.key) printing = printing.then(() => print(stored));
        },
        { from: options.fromBeginning ? "beginning" : "end", groupPrefix: context.config.topicPrefix },
      );
      if (!options.fromBeginning) say(`waiting for new records of ${physical}; Ctrl-C ends`);
      process.once("SIGINT", finish);
      process.once("SIGTERM", finish);
      await Promise.race([finished, reader.failed]);
      await reader.stop();
      await context.close();
    });
}

async function decoderOf({ config, names }: Context, name: TopicName): Promise<Decode> {
  const codec = await RecordCodec.open<TopicRecords[TopicName]>(
    createSchemaRegistry(config),
    subjectOf(names.topic(name)),
    topics[name].schemaFile,
  );
  return (value) =>
    codec.read(value).catch((error: unknown) => {
      if (error instanceof UndecodableError) return { undecodable: error.message };
      throw error;
    });
}

/** A topic of rejects holds the bytes of any input of its stage; what they are say the headers. */
const undecoded: Decode = async (value) => (value === null ? null : { base64: value.toString("base64") });

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new UserError(`--count ${text} is no number of records`, "Give a whole number from 1 on.");
}
