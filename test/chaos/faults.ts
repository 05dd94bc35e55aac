import { setTimeout as sleep } from "node:timers/promises";
import { killComponent, startComponent, type ComponentName } from "../../deploy/local/stack.js";
import type { Random } from "../../pipelines/ingest/simulation/random.js";
import type { KafkaCluster } from "../helpers/kafka-cluster.js";
import { brokerFaultKinds, strikeBroker, type BrokerFaultKind } from "./broker-faults.js";
import type { Cast, Member } from "./cast.js";

/** Where the stack has one broker. */
export const faultKinds = [
  "kill",
  "freeze",
  "cut",
  "join",
  "leave",
  "kill kafka",
  "kill registry",
  "kill postgres",
  "freeze kafka",
  "swap models",
] as const;
export type FaultKind = (typeof faultKinds)[number] | BrokerFaultKind;

/** Where the brokers are a cluster. */
export const clusterFaultKinds: readonly FaultKind[] = [
  ...faultKinds.filter((kind) => !kind.endsWith(" kafka")),
  ...brokerFaultKinds,
];

export interface Fault {
  readonly kind: FaultKind;
  /** The stages, or the server, that it struck. */
  readonly victim: string;
  /** Seconds since the beginning of the attack. */
  readonly at: number;
  /** Seconds until the next output of the stage (kill), or of any (brokers); undefined where that shows nothing. */
  readonly recovery?: number | undefined;
}

export interface Battlefield {
  readonly cast: Cast;
  /** Data directory of the stack. */
  readonly stack: string;
  /** The cluster that is struck instead of the stack's broker. */
  readonly brokers?: KafkaCluster | undefined;
  readonly random: Random;
  readonly swapModels: () => Promise<void>;
  /** Resolves with the seconds until one of the stages publishes again. */
  readonly nextOutput: (stages: readonly string[] | undefined) => Promise<number | undefined>;
  readonly sessionTimeoutMs: number;
}

/** What happens how often: mostly what happens to processes, since that is where state is held. */
const weights: Readonly<Record<FaultKind, number>> = {
  kill: 8,
  freeze: 4,
  cut: 3,
  join: 2,
  leave: 2,
  "kill kafka": 1.5,
  "kill registry": 1,
  "kill postgres": 1.5,
  "freeze kafka": 1,
  "swap models": 1,
  "kill broker": 3,
  "freeze broker": 2,
  "restart broker": 2,
  "elect leaders": 2,
};

export function drawKind(random: Random, kinds: readonly FaultKind[]): FaultKind {
  const total = kinds.reduce((sum, kind) => sum + weights[kind], 0);
  let point = random.uniform() * total;
  for (const kind of kinds) {
    point -= weights[kind];
    if (point < 0) return kind;
  }
  return "kill";
}

/** Strikes, and mends what does not mend itself. @returns whom it struck, and the recovery */
export async function strike(
  kind: FaultKind,
  field: Battlefield,
): Promise<{ victim: string; recovery?: number | undefined }> {
  const { cast, random, nextOutput } = field;
  const victim = cast.members[Math.floor(random.uniform() * cast.members.length)];
  const name = victim?.stages.join("+") ?? "nobody";
  switch (kind) {
    case "kill": {
      if (!victim) return { victim: name };
      // With another member of the same stages, and of the landing, an output does not show that this one is back.
      const isAlone =
        !victim.stages.includes("landing") &&
        !cast.members.some((other) => other !== victim && sameStages(other, victim));
      await cast.kill(victim);
      const recovery = isAlone ? nextOutput(victim.stages) : undefined;
      cast.start(victim.stages);
      return { victim: name, recovery: await recovery };
    }
    case "freeze":
      if (!victim) return { victim: name };
      cast.signal(victim, "SIGSTOP");
      await sleep(field.sessionTimeoutMs + 1000 + random.uniform() * 3000);
      cast.signal(victim, "SIGCONT");
      return { victim: name };
    case "cut":
      if (!victim) return { victim: name };
      cast.cut(victim);
      return { victim: name };
    case "join":
      if (!victim) return { victim: name };
      cast.start(victim.stages);
      return { victim: name };
    case "leave": {
      // One of several; a lone one would only be a slower kill.
      const twin = cast.members.find((member) =>
        cast.members.some((other) => other !== member && sameStages(other, member)),
      );
      if (!twin) return { victim: "nobody" };
      await cast.stop(twin);
      return { victim: twin.stages.join("+") };
    }
    case "kill kafka":
    case "kill registry":
    case "kill postgres": {
      const server = kind.slice("kill ".length) as ComponentName;
      await killComponent(field.stack, server, "SIGKILL");
      await sleep(500 + random.uniform() * 3000);
      const recovery = server === "kafka" ? nextOutput(undefined) : undefined;
      await startComponent(field.stack, server);
      return { victim: server, recovery: await recovery };
    }
    case "freeze kafka":
      await killComponent(field.stack, "kafka", "SIGSTOP");
      await sleep(1000 + random.uniform() * 9000);
      await killComponent(field.stack, "kafka", "SIGCONT");
      return { victim: "kafka" };
    case "swap models":
      await field.swapModels();
      return { victim: "models.registry" };
    case "kill broker":
    case "freeze broker":
    case "restart broker":
    case "elect leaders": {
      if (!field.brokers) throw new Error(`${kind}: there is no cluster`);
      let recovery: Promise<number | undefined> | undefined;
      const onStruck = (): void => void (recovery = nextOutput(undefined));
      const victim = await strikeBroker(kind, { cluster: field.brokers, random, onStruck });
      return { victim, recovery: await recovery };
    }
  }
}

const sameStages = (one: Member, other: Member): boolean => one.stages.join() === other.stages.join();
