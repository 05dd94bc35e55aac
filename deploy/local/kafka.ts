import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { archiveOptions } from "./class-archive.js";
import { hasArgument, type Component, type ComponentContext } from "./component.js";
import { StackError, messageOf } from "./errors.js";
import { kafkaAnswers } from "./kafka-probe.js";
import { brokerSettings, propertiesFile } from "./kafka-properties.js";
import { anyFreePort, isPortFree } from "./ports.js";
import { exists } from "./paths.js";

const run = promisify(execFile);

/** Fixed: a random one may begin with "-", which the formatter parses as an option. */
const clusterId = "newstapeLocalStack0000";

const marker = (dataDirectory: string): string => `-Dnewstape.kafka=${dataDirectory}`;
const home = (context: { dataDirectory: string }): string => join(context.dataDirectory, "kafka");

/** 1.5 s to the first metadata reply on two cores, 0.7 s with an archive of its classes, and about 250 MiB resident with these. */
export const javaFlags = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:MaxDirectMemorySize=128m"];

/** One Kafka node in KRaft mode, broker and controller in one process. */
export const kafka: Component = {
  name: "kafka",
  title: "Kafka",
  defaultPort: 9092,
  needsJava: true,
  usesArchive: true,
  stopSignal: "SIGTERM",

  async plan({ state }) {
    const recorded = state.controllerPort;
    const controllerPort =
      recorded !== undefined && (await isPortFree(recorded)) ? recorded : await anyFreePort(new Set([state.port]));
    return { ...state, controllerPort };
  },

  async prepare(context) {
    const properties = join(home(context), "server.properties");
    await mkdir(home(context), { recursive: true });
    await writeFile(properties, serverProperties(context));
    const java = [...javaFlags, ...(await archiveOptions(context))];
    await formatOnce(context, [...java, "-cp", classPath(context)], properties);
    return {
      command: context.java,
      parameters: [
        ...java,
        ...logFlags,
        marker(context.dataDirectory),
        "-cp",
        classPath(context),
        "kafka.Kafka",
        properties,
      ],
    };
  },

  roleOf: (process, { dataDirectory }) => (hasArgument(process, marker(dataDirectory)) ? "server" : undefined),
  probe: ({ state }) => kafkaAnswers(state.port),
  address: async ({ state }) => `127.0.0.1:${state.port}`,
};

export const logFlags = [
  // It prints all 300 settings, four times a start.
  "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config.AbstractConfig=warn",
  "-Dorg.slf4j.simpleLogger.showDateTime=true",
  "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
  "-Djava.awt.headless=true",
];

const classPath = (context: ComponentContext): string => join(context.artifactDirectory, "*");

/** Formats the storage on the first start. The stamp is written last, so an interrupted formatting is done again from scratch. */
async function formatOnce(context: ComponentContext, java: string[], properties: string): Promise<void> {
  const stamp = join(home(context), "formatted");
  if (await exists(stamp)) return;
  await rm(join(home(context), "data"), { recursive: true, force: true });
  try {
    await run("env", [
      "LC_ALL=C.UTF-8",
      context.java,
      ...java,
      "kafka.tools.StorageTool",
      "format",
      "--cluster-id",
      clusterId,
      "--config",
      properties,
    ]);
  } catch (error) {
    throw new StackError("START_FAILED", `Kafka's storage could not be formatted: ${messageOf(error)}`, {
      cause: error,
    });
  }
  await writeFile(stamp, clusterId + "\n");
}

function serverProperties(context: ComponentContext): string {
  const { port, controllerPort } = context.state;
  return propertiesFile({
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort ?? 0}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort ?? 0}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    "log.dirs": join(home(context), "data"),
    ...brokerSettings(1),
  });
}
