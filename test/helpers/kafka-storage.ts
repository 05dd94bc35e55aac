/** What a broker finds when it starts: its configuration, and a formatted data directory. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { archiveOptions } from "../../deploy/local/class-archive.js";
import { javaFlags } from "../../deploy/local/kafka.js";
import { brokerSettings, propertiesFile, type Properties } from "../../deploy/local/kafka-properties.js";

export interface StorageOptions {
  readonly clusterDirectory: string;
  readonly id: number;
  readonly port: number;
  /** The controllers, each with the port of its controller listener. */
  readonly voters: readonly { readonly id: number; readonly port: number }[];
  readonly replicas: number;
  readonly libraries: string;
  readonly settings: Properties;
  /** A further listener, for clients that come as a test wants it; the open one stays, for the brokers and the probe. */
  readonly secured?: SecuredListener | undefined;
}

export interface SecuredListener {
  readonly port: number;
  readonly protocol: "SSL" | "SASL_SSL" | "SASL_PLAINTEXT";
}

const clusterId = "newstapeTestCluster000";

/** @returns the broker's directory */
export async function formatStorage(options: StorageOptions): Promise<string> {
  const directory = join(options.clusterDirectory, `broker-${options.id}`);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  await writeFile(join(directory, "server.properties"), serverProperties(directory, options));
  const first = join(options.clusterDirectory, `broker-${options.voters[0]?.id}`);
  if (first === directory) await format(directory, options.libraries);
  else await copyFormat(first, directory, options.id);
  return directory;
}

/** Leaves the configuration and the log. */
export async function removeData(directory: string): Promise<void> {
  for (const name of ["data", "formatted"]) await rm(join(directory, name), { recursive: true, force: true });
}

async function format(directory: string, libraries: string): Promise<void> {
  const tool = ["kafka.tools.StorageTool", "format", "--cluster-id", clusterId];
  const archive = await archiveOptions({ java: "java", artifactDirectory: libraries });
  const classPath = ["-cp", join(libraries, "*")];
  await promisify(execFile)(
    "java",
    [...javaFlags, ...archive, ...classPath, ...tool, "--config", join(directory, "server.properties")],
    { env: { ...process.env, LC_ALL: "C.UTF-8" } },
  );
  // As it is before the broker writes into it.
  await cp(join(directory, "data"), join(directory, "formatted"), { recursive: true });
}

/** The formatter takes a second of a core; what it writes differs between brokers by two lines. */
async function copyFormat(first: string, directory: string, id: number): Promise<void> {
  await cp(join(first, "formatted"), join(directory, "data"), { recursive: true });
  const file = join(directory, "data", "meta.properties");
  const content = await readFile(file, "utf8");
  const own = content
    .replace(/^node\.id=.*$/m, `node.id=${id}`)
    .replace(/^directory\.id=.*$/m, `directory.id=${uuid()}`);
  await writeFile(file, own);
}

/** As Kafka writes them: 16 bytes in base64url. A leading "-" is allowed, but not where it is an argument. */
const uuid = (): string => randomBytes(16).toString("base64url");

function serverProperties(
  directory: string,
  { id, port, voters, replicas, settings, secured }: StorageOptions,
): string {
  const controller = voters.find((voter) => voter.id === id);
  const own = controller ? [`CONTROLLER://127.0.0.1:${controller.port}`] : [];
  const open = [`PLAINTEXT://127.0.0.1:${port}`, ...(secured ? [`SECURED://localhost:${secured.port}`] : [])];
  return propertiesFile({
    "process.roles": controller ? "broker,controller" : "broker",
    "node.id": id,
    "controller.quorum.voters": voters.map((voter) => `${voter.id}@127.0.0.1:${voter.port}`).join(","),
    listeners: [...open, ...own].join(","),
    "advertised.listeners": open.join(","),
    "log.dirs": join(directory, "data"),
    "default.replication.factor": replicas,
    "min.insync.replicas": Math.max(1, replicas - 1),
    ...brokerSettings(replicas),
    ...(secured && {
      "listener.security.protocol.map": `CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURED:${secured.protocol}`,
    }),
    ...settings,
  });
}
