/**
 * Each server away for a while, one after the other, with the whole pipeline under load: what must go on goes on, and what
 * must wait takes up its work by itself.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { killComponent, startComponent, type ComponentName } from "../../deploy/local/stack.js";
import { registerDefaultModels } from "../../models/registry/defaults.js";
import { RegistryStore } from "../../models/registry/store.js";
import { auditPipeline } from "../../pipelines/operations/audit.js";
import { publishRegistry } from "../../pipelines/services/registry.js";
import { stages } from "../../pipelines/stages/index.js";
import type { TopicName } from "../../schemas/topics.js";
import type { Cluster } from "../helpers/cluster.js";
import { newstape, type CommandResult } from "../helpers/cli.js";
import { until } from "../helpers/count-load.js";
import type { TestDatabase } from "../helpers/database.js";
import { Cast } from "./cast.js";
import { expectedIds } from "./identity.js";
import { keepLoading, openLoad, warmUp } from "./load.js";
import { identityProblems, replayProblems } from "./verdict.js";

export interface OutageOptions {
  readonly cluster: Cluster;
  readonly database: TestDatabase["database"];
  readonly databaseUrl: string;
  /** Data directory of the stack whose servers are struck. */
  readonly stack: string;
  /** How long each server is away. */
  readonly seconds: number;
  readonly symbols: number;
  readonly seed: string;
  readonly logFile: string;
  readonly onOutage?: (outage: Outage) => void;
}

export interface Outage {
  readonly server: ComponentName;
  /** Records that each stage published while the server was away; nothing can be while it is the broker. */
  readonly meanwhile: Readonly<Record<string, number>>;
  /** Seconds from its return until every stage had published again, and everything published before its return had landed. */
  readonly recovery: number;
  /** The output of a process that was started meanwhile, and its exit code; undefined where none was started. */
  readonly start?: Pick<CommandResult, "code" | "stderr">;
}

export interface OutageResult {
  readonly outages: readonly Outage[];
  readonly records: Readonly<Record<string, number>>;
  /** What is missing, double or different, what stood still and who died; empty when all holds. */
  readonly problems: readonly string[];
}

/** The database first, the broker last: each outage finds the pipeline as the one before left it. */
const servers: readonly ComponentName[] = ["postgres", "registry", "kafka"];
const cast = [["sentiment"], ["market", "forecasts"], ["features"], ["features"], ["scores"], ["landing"]];
/** Until what is on its way when a server dies has ended. */
const settlingMs = 2000;
const patience = 180;

export async function outages(options: OutageOptions): Promise<OutageResult> {
  const { cluster, database, databaseUrl, stack, seconds } = options;
  const { config } = cluster;
  await registerDefaultModels(new RegistryStore(database), config.artifactDirectory);
  await publishRegistry(cluster, database);
  const environment = { ...cluster.environment, DATABASE_URL: databaseUrl, NEWSTAPE_LOG_LEVEL: "info" };
  const crew = new Cast(environment, options.logFile);
  const load = await openLoad(cluster, options.symbols, options.seed);
  const audit = () => auditPipeline({ ...cluster, config: { ...config, databaseUrl } });
  const problems: string[] = [];
  const done: Outage[] = [];
  try {
    for (const member of cast) crew.start(member);
    for (let minute = 0; minute < warmUp; minute += 1) await load.publish(false);
    await until(async () => (await audit()).problems.length === 0, "the warm-up is through", patience);
    const loading = keepLoading(load);
    for (const server of servers) {
      const began = await published(cluster);
      await until(
        async () => everyStageGrew(began, await published(cluster)),
        `every stage works before ${server}`,
        patience,
      );
      await killComponent(stack, server, "SIGKILL");
      await sleep(settlingMs);
      const before = server === "kafka" ? undefined : await published(cluster);
      const [start] = await Promise.all([
        server === "registry" ? newstape(environment, ["run", "features"]) : undefined,
        sleep(seconds * 1000),
      ]);
      const after = before && (await published(cluster));
      await startComponent(stack, server);
      const returned = performance.now();
      const [since, rows] = await onceItAnswers(async () => {
        const { records } = await audit();
        return [await published(cluster), records.get("signals") ?? 0] as const;
      });
      await until(
        async () => everyStageGrew(since, await published(cluster)) && (await signalRows(database)) >= rows,
        `every stage works after ${server}, and the landing has caught up`,
        patience,
      );
      const outage: Outage = {
        server,
        meanwhile: before && after ? difference(before, after) : {},
        recovery: (performance.now() - returned) / 1000,
        ...(start && { start: { code: start.code, stderr: start.stderr } }),
      };
      done.push(outage);
      options.onOutage?.(outage);
      if (before && after && !everyStageGrew(before, after))
        problems.push(`while ${server} was away a stage stood still: ${JSON.stringify(outage.meanwhile)}`);
    }
    await loading.stop();
    await until(
      async () => (await audit()).problems.length === 0,
      "every record has its outcome and has landed",
      patience,
    );
    const { records } = await audit();
    problems.push(...crew.accidents.map((accident) => `a process died: ${accident}`));
    problems.push(
      ...(await identityProblems(cluster, await expectedIds(cluster, load))),
      ...(await replayProblems(cluster)),
    );
    return { outages: done, records: Object.fromEntries(records), problems };
  } finally {
    await crew.end();
    await load.close();
  }
}

/** A broker that has just come back does not lead its partitions yet. */
async function onceItAnswers<Result>(ask: () => Promise<Result>): Promise<Result> {
  let answer: { readonly result: Result } | undefined;
  await until(async () => {
    answer = { result: await ask() };
    return true;
  }, "the servers answer again");
  if (!answer) throw new Error("no answer");
  return answer.result;
}

/** How far the outputs of each stage reach; transactions' markers count, so that only growth is evidence. */
async function published({ admin, names }: Cluster): Promise<ReadonlyMap<string, number>> {
  const entries = stages.map(async ({ name, outputs }): Promise<[string, number]> => {
    const ends = await Promise.all((outputs as TopicName[]).map((output) => admin.offsets(names.topic(output))));
    return [name, ends.flat().reduce((sum, { end }) => sum + end, 0)];
  });
  return new Map(await Promise.all(entries));
}

const difference = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>) =>
  Object.fromEntries([...after].map(([stage, end]) => [stage, end - (before.get(stage) ?? 0)]));

const everyStageGrew = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): boolean =>
  Object.values(difference(before, after)).every((grown) => grown > 0);

async function signalRows(database: OutageOptions["database"]): Promise<number> {
  const [row] = await database.query<{ count: string }>("SELECT count(*) FROM signals");
  return Number(row?.count);
}
