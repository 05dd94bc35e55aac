import { Command } from "commander";
import { topicNames, topics, type TopicName, type TopicRecords } from "../../../schemas/topics.js";
import { createSchemaRegistry, RecordCodec, subjectOf, UndecodableError } from "../../runtime/codec.js";
import { UserError } from "../../runtime/errors.js";
import { readTopic } from "../../runtime/kafka/read-topic.js";
import type { StoredRecord } from "../../runtime/kafka/types.js";
import { openContext, say } from "../context.js";

export function tailCommand(): Command {
  return new Command("tail")
    .description("Print a topic's records, decoded, as JSON Lines.")
    .argument("<topic>", `one of ${topicNames.join(", ")}`)
    .option("--from-beginning", "everything that the topic holds, then what arrives")
    .option("-n, --count <number>", "stop after so many records", (text) => Number.parseInt(text, 10))
    .option("--key <key>", "only records of this key, e.g. a symbol")
    .action(async (topic: string, options: { fromBeginning?: boolean; count?: number; key?: string }) => {
      const name = topicNames.find((candidate) => candidate === topic);
      if (!name) throw new UserError(`There is no topic ${topic}`, `It is one of ${topicNames.join(", ")}.`);
      const context = await openContext();
      const physical = context.names.topic(name);
      const codec = await RecordCodec.open<TopicRecords[TopicName]>(
        createSchemaRegistry(context.config),
        subjectOf(physical),
        topics[name].schemaFile,
      );
      let finish = (): void => undefined;
      const finished = new Promise<void>((resolve) => (finish = resolve));
      let printed = 0;
      let printing = Promise.resolve();
      const print = async (stored: StoredRecord): Promise<void> => {
        if (printed >= (options.count ?? Infinity)) return finish();
        const { partition, offset, timestamp, key, headers } = stored;
        const value = await codec.read(stored.value).catch((error: unknown) => {
          if (error instanceof UndecodableError) return { undecodable: error.message };
          throw error;
        });
        console.log(
          JSON.stringify({ partition, offset, timestamp: new Date(timestamp).toISOString(), key, headers, value }),
        );
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
        { from: options.fromBeginning ? "beginning" : "end" },
      );
      if (!options.fromBeginning) say(`waiting for new records of ${physical}; Ctrl-C ends`);
      process.once("SIGINT", finish);
      process.once("SIGTERM", finish);
      await finished;
      await reader.stop();
      await context.close();
    });
}
