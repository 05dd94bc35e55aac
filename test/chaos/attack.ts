/**
 * The whole pipeline under load and under attack, and what must be true of it afterwards. Every process is the command line
 * as a user runs it; the load is a simulated market, minute by minute, with news.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { registerDefaultModels } from "../../models/registry/defaults.js";
import { RegistryStore } from "../../models/registry/store.js";
import { auditPipeline, type Audit } from "../../pipelines/operations/audit.js";
import { Random } from "../../pipelines/ingest/simulation/random.js";
import { publishRegistry } from "../../pipelines/services/registry.js";
import { messageOf } from "../../pipelines/runtime/errors.js";
import { stages } from "../../pipelines/stages/index.js";
import type { TopicName } from "../../schemas/topics.js";
import type { Cluster } from "../helpers/cluster.js";
import type { TestDatabase } from "../helpers/database.js";
import type { KafkaCluster } from "../helpers/kafka-cluster.js";
import { Cast } from "./cast.js";
import { clusterFaultKinds, drawKind, faultKinds, strike, type Fault, type FaultKind } from "./faults.js";
import { expectedIds } from "./identity.js";
import { keepLoading, openLoad, warmUp } from "./load.js";
import { countedProblems, doctorProblems, identityProblems, replayProblems } from "./verdict.js";

export interface AttackOptions {
  readonly cluster: Cluster;
  readonly database: TestDatabase["database"];
  readonly databaseUrl: string;
  /** Data directory of the stack whose servers are struck. */
  readonly stack: string;
  readonly faults: number;
  readonly seed: string;
  readonly symbols?: number;
  /** The stages of each process; by default eight processes. */
  readonly cast?: readonly (readonly string[])[];
  /** Seconds between two faults, on average. */
  readonly pause?: number;
  /** These kinds in turn; drawn by their weights when there are none. */
  readonly sequence?: readonly FaultKind[];
  /** The brokers that `cluster` is on, where they are not the stack's one: they are struck instead of it. */
  readonly brokers?: KafkaCluster;
  /** Seconds for the accounting to balance when the attack is over. */
  readonly patience?: number;
  readonly logFile: string;
  readonly onFault?: (fault: Fault) => void;
}

export interface AttackResult {
  readonly faults: readonly Fault[];
  readonly bars: number;
  readonly articles: number;
  readonly seconds: number;
  /** From the last fault until every record had its outcome and had landed. */
  readonly settled: number;
  /** Records by topic. */
  readonly records: Readonly<Record<string, number>>;
  /** What is missing, double or different; empty when all holds. */
  readonly problems: readonly string[];
  /** Processes that ended by themselves and were started again, as a supervisor would. */
  readonly restarted: readonly string[];
}

/** Two of those that hold the most, one of the others. */
const wholeCast: readonly (readonly string[])[] = [
  ["sentiment"],
  ["sentiment"],
  ["features"],
  ["features"],
  ["scores"],
  ["market"],
  ["forecasts"],
  ["landing"],
];

export async function attack(options: AttackOptions): Promise<AttackResult> {
  const { cluster, brokers, database, databaseUrl, stack, seed, symbols = 40, pause = 3, cast = wholeCast } = options;
  const { admin, names, config } = cluster;
  await registerDefaultModels(new RegistryStore(database), config.artifactDirectory);
  await publishRegistry(cluster, database);
  const random = new Random("chaos", seed);
  const crew = new Cast({ ...cluster.environment, DATABASE_URL: databaseUrl }, options.logFile);
  const restarted: string[] = [];
  const supervising = setInterval(() => {
    for (const accident of crew.accidents.splice(0)) {
      restarted.push(accident);
      crew.start(accident.split(" ended with ")[0]?.split("+") ?? []);
    }
  }, 500);
  const load = await openLoad(cluster, symbols, seed);
  try {
    for (const member of cast) crew.start(member);
    for (let minute = 0; minute < warmUp; minute += 1) await load.publish(false);
    const context = { ...cluster, config: { ...config, databaseUrl } };
    // A reading that fails, or that never ends, is taken again.
    const readAudit = async (): Promise<Audit | undefined> => {
      const tooLong = sleep(120_000, undefined, { ref: false }).then(() => {
        throw new Error("no end within two minutes");
      });
      try {
        return await Promise.race([auditPipeline(context), tooLong]);
      } catch (error) {
        console.error(`the counts could not be read: ${messageOf(error)}`);
        return undefined;
      }
    };
    const warm = await untilAccountingBalances(readAudit, 120);
    if (warm.length > 0) throw new Error(`the accounting of the warm-up does not balance: ${warm.join("; ")}`);

    const loading = keepLoading(load);
    const started = performance.now();
    const faults: Fault[] = [];
    const nextOutput = async (of: readonly string[] | undefined): Promise<number | undefined> => {
      const outputs = stages
        .filter(({ name }) => of?.includes(name) ?? name === "forecasts")
        .flatMap((stage) => (stage.outputs as TopicName[]).map(names.topic));
      const ends = async (): Promise<number> => {
        const offsets = await Promise.all(outputs.map((topic) => admin.offsets(topic)));
        return offsets.flat().reduce((sum, { end }) => sum + end, 0);
      };
      const since = performance.now();
      // Where the broker is away: as soon as it answers again.
      let before = await ends().catch(() => undefined);
      while (performance.now() - since < 60_000) {
        await sleep(100);
        const now = await ends().catch(() => undefined);
        if (before !== undefined && now !== undefined && now > before) return (performance.now() - since) / 1000;
        before ??= now;
      }
      return undefined;
    };
    const swapModels = modelSwapper(cluster, database, random);
    while (faults.length < options.faults) {
      await sleep(pause * 1000 * (0.5 + random.uniform()));
      const { sequence = [] } = options;
      const kind =
        sequence[faults.length % sequence.length] ?? drawKind(random, brokers ? clusterFaultKinds : faultKinds);
      const at = (performance.now() - started) / 1000;
      const struck = await strike(kind, {
        cast: crew,
        stack,
        brokers,
        random,
        swapModels,
        nextOutput,
        sessionTimeoutMs: config.sessionTimeoutMs,
      });
      if (struck.victim === "nobody") continue;
      // What joined and left must not leave a stage alone, nor crowd the machine.
      for (const member of cast)
        if (!crew.members.some(({ stages: own }) => own.join() === member.join())) crew.start(member);
      while (crew.members.length > cast.length + 2) {
        const extra = crew.members.at(-1);
        if (extra) await crew.stop(extra);
      }
      const fault: Fault = { kind, at, ...struck };
      faults.push(fault);
      options.onFault?.(fault);
    }
    await loading.stop();
    const attacked = (performance.now() - started) / 1000;
    const settling = performance.now();
    const problems = await untilAccountingBalances(readAudit, options.patience ?? 240);
    const settled = (performance.now() - settling) / 1000;
    // A leader that was frozen or left behind may still answer with its own end of the log.
    await brokers?.untilInSync(120_000);
    const expected = await expectedIds(cluster, load);
    problems.push(...(await identityProblems(cluster, expected)));
    if (brokers)
      problems.push(...(await countedProblems(cluster, load, expected, (names) => brokers.readCommitted(names))));
    problems.push(...(await doctorProblems(cluster, database)));
    problems.push(...(await replayProblems(cluster)));
    return {
      faults,
      bars: load.bars.length,
      articles: load.articles.length,
      seconds: attacked,
      settled,
      records: Object.fromEntries((await readAudit())?.records ?? []),
      problems,
      restarted,
    };
  } finally {
    clearInterval(supervising);
    await crew.end();
    await load.close();
  }
}

/** Between the champion alone and a share for the former version: what is served changes for half of the symbols. */
function modelSwapper(cluster: Cluster, database: TestDatabase["database"], random: Random): () => Promise<void> {
  let isSplit = false;
  return async () => {
    isSplit = !isSplit;
    const share = isSplit ? 0.25 + random.uniform() / 2 : 1;
    await new RegistryStore(database).setRoute("move", [
      { arm: "champion", model: "lgbm-move@1.2.0", share },
      ...(isSplit ? [{ arm: "challenger", model: "lgbm-move@1.0.0", share: 1 - share }] : []),
    ]);
    await publishRegistry(cluster, database);
  };
}

/** Waits until nothing is on its way any more. @returns what does not agree by then */
async function untilAccountingBalances(
  readAudit: () => Promise<Audit | undefined>,
  seconds: number,
): Promise<string[]> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const problems = (await readAudit())?.problems ?? ["the counts could not be read"];
    if (problems.length === 0 || Date.now() > deadline) return [...problems];
    await sleep(500);
  }
}
