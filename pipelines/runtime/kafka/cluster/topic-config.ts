/**
 * IncrementalAlterConfigs, which KafkaJS does not have: its AlterConfigs replaces all settings of a topic, those that others made too.
 * https://kafka.apache.org/protocol#The_Messages_IncrementalAlterConfigs (version 0; brokers since 2.3)
 */
import { createRequire } from "node:module";
import type { Brokers } from "./brokers.js";
import { BrokerFault, type ProtocolRequest, type RequestDefinition } from "./internals.js";
import type { Coded, RequestKind } from "./requests.js";

/** A setting's new value; null takes the topic's own away, so that the brokers' default is in force again. */
export type SettingChanges = Readonly<Record<string, string | null>>;

interface Parameters {
  readonly topic: string;
  readonly changes: SettingChanges;
}

interface Answer {
  readonly resources: readonly (Coded & { readonly errorMessage: string | null })[];
}

interface Encoder {
  writeInt8(value: number): Encoder;
  writeString(value: string | null): Encoder;
  writeArray(values: readonly Encoder[]): Encoder;
  writeBoolean(value: boolean): Encoder;
}

const require = createRequire(import.meta.url);
const Encoder = require("kafkajs/src/protocol/encoder") as new () => Encoder;
/** The answer has the form of that of AlterConfigs. */
const response =
  require("kafkajs/src/protocol/requests/alterConfigs/v0/response") as ProtocolRequest<Answer>["response"];

const apiKey = 44;
const topicResource = 2;
const operations = { set: 0, delete: 1 } as const;

const encodeChange = ([name, value]: [string, string | null]): Encoder =>
  new Encoder()
    .writeString(name)
    .writeInt8(value === null ? operations.delete : operations.set)
    .writeString(value);

const definition: RequestDefinition<Parameters, Answer> = {
  versions: ["0"],
  protocol: () => (parameters) => {
    const { topic, changes } = parameters;
    const encode = async (): Promise<Encoder> =>
      new Encoder()
        .writeArray([
          new Encoder()
            .writeInt8(topicResource)
            .writeString(topic)
            .writeArray(Object.entries(changes).map(encodeChange)),
        ])
        .writeBoolean(false);
    const request = { apiKey, apiVersion: 0, apiName: "IncrementalAlterConfigs", encode };
    return { request, response };
  },
};

/** Twice does what once does, so that it may go to another broker when an answer is lost. */
const kind: RequestKind<Parameters, Answer> = { name: "IncrementalAlterConfigs", apiKey, definition, withinMs: 15_000 };

/** Changes these settings of a topic, and leaves all others as they are. @throws BrokerFault with the broker's reason */
export async function changeTopicConfig(brokers: Brokers, topic: string, changes: SettingChanges): Promise<void> {
  if (Object.keys(changes).length === 0) return;
  const { resources } = await brokers.askAny(kind, { topic, changes });
  for (const { errorCode, errorMessage } of resources)
    if (errorCode !== 0) throw new BrokerFault(errorCode, `settings of topic ${topic}`, errorMessage ?? undefined);
}
