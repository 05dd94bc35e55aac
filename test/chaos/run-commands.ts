/**
 * The commands that write much, on whichever brokers, without any fault: what each reports as written is counted by Kafka's own consumer,
 * and what must be the same is compared byte for byte.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { topicNames, topics } from "../../schemas/topics.js";
import type { CleanUp } from "../helpers/cluster.js";
import { newstape } from "../helpers/cli.js";
import { createEmptyDatabase } from "../helpers/database.js";
import type { KafkaCluster } from "../helpers/kafka-cluster.js";
import { ContentsTally, type TopicContents } from "../helpers/contents.js";

export interface CommandsOptions {
  readonly brokers: KafkaCluster;
  /** History to load and to publish. */
  readonly newsFile: string;
  readonly barsFile: string;
  readonly simulated: { readonly symbols: number; readonly minutes: number };
  /** Also what loads the history again, copies it and restores it. */
  readonly all: boolean;
  /** Loading, publishing and simulating at once: sooner done, but their seconds are then no measure. */
  readonly sideBySide?: boolean;
  readonly onCommand?: (command: CommandResult) => void;
}

export interface CommandResult {
  readonly command: string;
  readonly seconds: number;
  /** Records by topic. */
  readonly records: Readonly<Record<string, number>>;
  /** What is missing, double or different; empty when all holds. */
  readonly problems: readonly string[];
}

export async function runCommands(cleanUp: CleanUp, options: CommandsOptions): Promise<CommandResult[]> {
  const { newsFile, barsFile, sideBySide = false } = options;
  const directory = await mkdtemp(join(tmpdir(), "newstape-commands-"));
  cleanUp.after(() => rm(directory, { recursive: true, force: true }));
  const field = new Field(cleanUp, options, directory);

  const first = await field.place();
  const files = ["--news", newsFile, "--bars", barsFile];
  const loading = field.run(first, ["start", "--once", ...files, "--json"], (printed) => {
    const { topics: counts = {}, problems = [] } = printed as { topics?: Record<string, number>; problems?: string[] };
    return { counts, problems };
  });
  if (!sideBySide) await loading;
  const [started] = await Promise.all([loading, publish(field, options).then(() => simulate(field, options))]);
  if (!options.all) return field.results;

  const second = await field.place();
  await field.prepare(second, true);
  await field.run(second, ["backfill", ...files, "--json"], () => ({ counts: started.records, problems: [] }));
  field.compare("backfill", await field.contents(first), await field.contents(second));

  const wide = { ...second, prefix: `${second.prefix}wide.` };
  const partitions = ["--partitions", "4", "--to-prefix", wide.prefix];
  await field.run(second, ["topics", "repartition", ...partitions, "--yes", "--json"], () => ({ problems: [] }));
  field.compare("topics repartition", await field.contents(second), await field.contents(wide));

  const backup = join(directory, "newstape.backup.gz");
  const restored = await field.place();
  await field.run(second, ["backup", backup, "--json"], () => ({ problems: [] }));
  await field.prepare(restored);
  await field.run(restored, ["restore", backup, "--json"], (printed) => {
    const { published = 0 } = printed as { published?: number };
    return { counts: { "models.registry": published }, problems: [] };
  });
  return field.results;
}

async function publish(field: Field, { newsFile, barsFile }: CommandsOptions): Promise<void> {
  const published = await field.place();
  await field.prepare(published);
  for (const [kind, file] of [
    ["news", newsFile],
    ["bars", barsFile],
  ] as const) {
    const parameters = ["ingest", kind, file, "--origin", "backfill", "--json"];
    await field.run(published, parameters, (printed) => {
      const { accepted = 0 } = printed as { accepted?: number };
      return { counts: { [kind === "news" ? "news.raw" : "market.bars"]: accepted }, problems: [] };
    });
  }
}

async function simulate(field: Field, { simulated: { symbols, minutes } }: CommandsOptions): Promise<void> {
  const made = await field.place();
  await field.prepare(made);
  const size = ["--symbols", String(symbols), "--minutes", String(minutes), "--news-per-minute", String(symbols / 8)];
  await field.run(made, ["simulate", ...size, "--as-fast-as-possible", "--json"], (printed) => {
    const { bars = 0, articles = 0 } = printed as { bars?: number; articles?: number };
    return { counts: { "market.bars": bars, "news.raw": articles }, problems: [] };
  });
}

/** Topics under a prefix and a database, which a command works on. */
interface Place {
  readonly prefix: string;
  readonly database: string;
}

class Field {
  readonly results: CommandResult[] = [];

  constructor(
    private readonly cleanUp: CleanUp,
    private readonly options: CommandsOptions,
    private readonly directory: string,
  ) {}

  async place(): Promise<Place> {
    const database = await createEmptyDatabase(this.cleanUp.after);
    return { prefix: `c${randomBytes(3).toString("hex")}.`, database };
  }

  /** Topics and schemas, and where stages are to run tables and models. */
  async prepare(place: Place, forStages = false): Promise<void> {
    const commands = [["topics", "apply"], ...(forStages ? [["migrate"], ["models", "register"]] : [])];
    for (const parameters of commands) {
      const { problem } = await this.#newstape(place, parameters);
      if (problem !== undefined) throw new Error(`${parameters.join(" ")}: ${problem}`);
    }
  }

  /** @param claims what the command's JSON reports as written, by topic, and what it misses itself */
  async run(
    place: Place,
    parameters: readonly string[],
    claims: (printed: unknown) => { counts?: Readonly<Record<string, number>>; problems: readonly string[] },
  ): Promise<CommandResult> {
    const began = performance.now();
    const { stdout, problem } = await this.#newstape(place, parameters).catch((error: Error) => ({
      stdout: "{}",
      problem: error.message,
    }));
    const seconds = (performance.now() - began) / 1000;
    const { counts, problems: own } = claims(JSON.parse(stdout.split("\n")[0] ?? "{}"));
    const problems = [...own, ...(problem === undefined ? [] : [problem])];
    const found = new Map<string, number>();
    for (const [name, { records, doubled, uneven }] of counts ? await this.contents(place) : []) {
      const claimed = counts?.[name];
      found.set(name, records);
      if (claimed !== undefined && claimed !== records)
        problems.push(`${name}: ${records} records, it prints ${claimed}`);
      if (doubled > 0) problems.push(`${name}: ${doubled} records are doubled`);
      if (uneven) problems.push(`${name}: not every partition holds the same`);
    }
    const command = parameters.slice(0, 2).filter((word) => /^[a-z]+$/.test(word));
    return this.#report({ command: command.join(" "), seconds, records: Object.fromEntries(found), problems });
  }

  async contents({ prefix }: Place): Promise<Map<string, TopicContents>> {
    const tallies = new Map(topicNames.map((name) => [prefix + name, new ContentsTally(topics[name])]));
    for await (const record of this.options.brokers.readCommitted([...tallies.keys()]))
      tallies.get(record.topic)?.add(record);
    return new Map([...tallies].map(([topic, tally]) => [topic.slice(prefix.length), tally.result()]));
  }

  /** The same records must be here as there, each once; but models that were registered anew have a time of their own. */
  compare(command: string, there: Map<string, TopicContents>, here: Map<string, TopicContents>): void {
    const problems: string[] = [];
    for (const [name, { digest, doubled, uneven }] of here) {
      if (name === "models.registry") continue;
      if (digest !== there.get(name)?.digest) problems.push(`${name}: other records than there`);
      if (doubled > 0) problems.push(`${name}: ${doubled} records are doubled`);
      if (uneven) problems.push(`${name}: not every partition holds the same`);
    }
    this.#report({ command: `${command}, compared`, seconds: 0, records: {}, problems });
  }

  #report(result: CommandResult): CommandResult {
    this.results.push(result);
    this.options.onCommand?.(result);
    return result;
  }

  async #newstape(
    { prefix, database }: Place,
    parameters: readonly string[],
  ): Promise<{ stdout: string; problem?: string }> {
    const environment = {
      ...process.env,
      ...this.options.brokers.environment,
      NEWSTAPE_LOG_LEVEL: "error",
      NEWSTAPE_TOPIC_PREFIX: prefix,
      NEWSTAPE_DATA: join(this.directory, prefix),
      DATABASE_URL: database,
    };
    const { code, stdout, stderr } = await newstape(environment, parameters);
    // 3: some lines were refused, which are none of what it reports as written.
    if (code === 0 || code === 3) return { stdout };
    return { stdout, problem: `exit code ${code}: ${stderr.trim().slice(-400)}` };
  }
}
