/**
 * A cluster of brokers that a test has for itself, each a process: what happens to clients when a leader moves, one broker of three is away
 * or another joins does not happen on the local stack's single broker. Three are up in about 15 s on two cores.
 */
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { anyFreePort } from "../../deploy/local/ports.js";
import { readConfig } from "../../pipelines/config.js";
import { ClusterAdmin } from "../../pipelines/runtime/kafka/admin.js";
import { createKafka } from "../../pipelines/runtime/kafka/client.js";
import { createLogger } from "../../pipelines/runtime/logger.js";
import { JavaTool } from "./java-tool.js";
import { formatStorage, removeData, type SecuredListener, type StorageOptions } from "./kafka-storage.js";
import { KafkaNode } from "./kafka-node.js";
import { CommittedReader, type CommittedRecord } from "./read-committed.js";
import { openReaper } from "./reaper.js";

export interface KafkaClusterOptions {
  /** Where configuration and logs stay; by default a temporary one that goes with the cluster. */
  readonly directory?: string;
  /** Folder of Kafka's jars. */
  readonly libraries: string;
  readonly nodes?: number;
  /** Further settings of every broker. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** A further listener of a single broker. */
  readonly secured?: SecuredListener;
}

/** Of every topic that names no other number; the pipeline's are made with NEWSTAPE_REPLICATION. */
const replicas = 3;

/** Removes the topics that begin so, Kafka's own never: what follows on these brokers waits for every partition that there is. */
export async function removeTopics(cluster: KafkaCluster, prefix = ""): Promise<void> {
  const admin = new ClusterAdmin(createKafka(readConfig(cluster.environment), createLogger("silent"), "test"));
  try {
    const names = await admin.listTopics();
    await admin.deleteTopics(names.filter((name) => name.startsWith(prefix) && !name.startsWith("__")));
  } finally {
    await admin.close();
  }
}

/** Where the brokers of a test leave their logs: beside those of the test stack, until the next run. */
export function keptLogs(name: string): { directory?: string } {
  const stack = process.env.NEWSTAPE_TEST_STACK;
  return stack ? { directory: join(stack, "logs", `brokers-${name}`) } : {};
}

export async function startKafkaCluster(options: KafkaClusterOptions): Promise<KafkaCluster> {
  if (options.directory !== undefined) await mkdir(options.directory, { recursive: true });
  const directory = await realpath(options.directory ?? (await mkdtemp(join(tmpdir(), "newstape-cluster-"))));
  const cluster = new KafkaCluster(directory, options);
  try {
    await cluster.open();
    return cluster;
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

export class KafkaCluster {
  readonly #nodes: KafkaNode[] = [];
  readonly #ports = new Set<number>();
  readonly #mark: string;
  readonly #reap: () => Promise<void>;
  #voters: StorageOptions["voters"] = [];
  #tool: JavaTool | undefined;
  #reader: CommittedReader | undefined;

  /** Use {@link startKafkaCluster}. */
  constructor(
    readonly directory: string,
    private readonly options: KafkaClusterOptions,
  ) {
    this.#mark = `-Dnewstape.cluster=${directory}`;
    this.#reap = openReaper(this.#mark, options.directory === undefined ? directory : undefined);
  }

  get nodes(): readonly KafkaNode[] {
    return this.#nodes;
  }

  /** Addresses of all brokers there ever were. */
  get bootstrap(): string {
    return this.#nodes.map(({ port }) => `127.0.0.1:${port}`).join(",");
  }

  /** For processes that are to work on this cluster. */
  get environment(): NodeJS.ProcessEnv {
    return { KAFKA_BROKERS: this.bootstrap, NEWSTAPE_REPLICATION: String(this.#replicas) };
  }

  get #replicas(): number {
    return Math.min(replicas, this.options.nodes ?? 3);
  }

  async open(): Promise<void> {
    const ids = Array.from({ length: this.options.nodes ?? 3 }, (_, index) => index + 1);
    const voters: { id: number; port: number }[] = [];
    for (const id of ids) voters.push({ id, port: await this.#freePort() });
    this.#voters = voters;
    for (const id of ids) this.#nodes.push(await this.#prepare(id));
    await Promise.all(this.#nodes.map((node) => node.start(ids)));
  }

  /** Another broker, which is no controller. Partitions come to it with {@link spread}. */
  async addNode(): Promise<KafkaNode> {
    const node = await this.#prepare(this.#nodes.length + 1);
    this.#nodes.push(node);
    await node.start();
    return node;
  }

  /** Waits until every broker that was started serves, and every replica of every partition is in sync. */
  async untilInSync(timeoutMs = 60_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    // Twice in a row: the broker that answers may have been behind itself.
    for (let agreed = 0; agreed < 2;) {
      const running = this.#nodes.filter(({ isRunning }) => isRunning).length;
      const answer = await this.#ask("state").catch((error: unknown) => String(error));
      agreed = answer === `${running}\t0\t0` ? agreed + 1 : 0;
      if (agreed === 2) return;
      if (Date.now() > deadline)
        throw new Error(`not in sync within ${timeoutMs / 1000} s (brokers, behind, leaderless): ${answer}`);
      await sleep(100);
    }
  }

  /** Moves the leader of every partition, Kafka's own topics' too, to its next replica. @returns how many moved */
  async electLeaders(): Promise<number> {
    return Number(await this.#ask("elect"));
  }

  /** Gives every partition replicas on these brokers in turn, and waits until they have the data. */
  async spread(nodes: readonly KafkaNode[] = this.#nodes, timeoutMs = 120_000): Promise<void> {
    await this.#ask(["spread", ...nodes.map(({ id }) => id)].join(" "));
    const deadline = Date.now() + timeoutMs;
    while ((await this.#ask("moving")) !== "0") {
      if (Date.now() > deadline) throw new Error(`the partitions did not move within ${timeoutMs / 1000} s`);
      await sleep(100);
    }
  }

  /** Whole topics as a subscriber with Kafka's own client reads them. */
  async *readCommitted(topics: readonly string[], patienceMs?: number): AsyncGenerator<CommittedRecord> {
    this.#reader ??= new CommittedReader(this.#toolOptions);
    yield* this.#reader.read(topics, patienceMs);
  }

  /** Ends every process of the cluster, and removes the directory if it is its own. */
  async close(): Promise<void> {
    const running = [...this.#nodes.map((node) => node.kill()), this.#tool?.close(), this.#reader?.close()];
    await Promise.allSettled(running.filter((end) => end !== undefined));
    await this.#reap();
    if (this.options.directory === undefined) await rm(this.directory, { recursive: true, force: true });
    else await Promise.all(this.#nodes.map(({ id }) => removeData(join(this.directory, `broker-${id}`))));
  }

  #ask(question: string): Promise<string> {
    this.#tool ??= new JavaTool({ ...this.#toolOptions, name: "ClusterTool" });
    return this.#tool.answer(question);
  }

  get #toolOptions() {
    return { bootstrap: this.bootstrap, libraries: this.options.libraries, marks: [this.#mark] };
  }

  async #freePort(): Promise<number> {
    const port = await anyFreePort(this.#ports);
    this.#ports.add(port);
    return port;
  }

  async #prepare(id: number): Promise<KafkaNode> {
    const port = await this.#freePort();
    const { libraries, settings = {} } = this.options;
    const directory = await formatStorage({
      clusterDirectory: this.directory,
      id,
      port,
      voters: this.#voters,
      replicas: this.#replicas,
      libraries,
      settings,
      secured: this.options.secured,
    });
    return new KafkaNode({ id, port, directory, libraries, mark: this.#mark });
  }
}
