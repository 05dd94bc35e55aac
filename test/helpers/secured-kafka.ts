/** A broker with authentication and access rules: SASL/PLAIN users, and nothing allowed that no rule allows. */
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { openSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { archiveOptions } from "../../deploy/local/class-archive.js";
import { javaFlags, logFlags } from "../../deploy/local/kafka.js";
import { kafkaAnswers } from "../../deploy/local/kafka-probe.js";
import { anyFreePort } from "../../deploy/local/ports.js";
import { kafkaLibraries } from "./kafka-libraries.js";
import { temporaryDirectory } from "./temporary-directory.js";

export interface SecuredKafka {
  /** Environment of a process that comes as this user; of a super user without one. */
  environmentOf(user?: string): NodeJS.ProcessEnv;
}

const superUser = "admin";

export async function startSecuredKafka(t: TestContext, users: readonly string[]): Promise<SecuredKafka> {
  let end: () => Promise<unknown> = async () => undefined;
  // Before the folder is removed: what is registered first is undone first.
  t.after(() => end());
  const directory = await temporaryDirectory(t);
  const kafka = await kafkaLibraries();
  const passwords = new Map([superUser, ...users].map((user) => [user, randomBytes(12).toString("hex")]));
  const taken = new Set<number>();
  const [controller = 0, open = 0, secured = 0] = [await port(taken), await port(taken), await port(taken)];
  const properties = join(directory, "server.properties");
  await writeFile(properties, serverProperties(directory, { controller, open, secured }, passwords));
  const archive = await archiveOptions({ java: "java", artifactDirectory: kafka });
  const java = [...javaFlags, ...archive, ...logFlags, "-cp", join(kafka, "*")];
  await promisify(execFile)("java", [
    ...java,
    "kafka.tools.StorageTool",
    "format",
    "--cluster-id",
    "newstapeSecuredTest000",
    "--config",
    properties,
  ]);
  const log = openSync(join(directory, "server.log"), "a");
  const child = spawn("java", [...java, "kafka.Kafka", properties], { stdio: ["ignore", log, log] });
  const exited = once(child, "exit");
  end = () => {
    child.kill("SIGKILL");
    return exited;
  };
  for (let tries = 0; !(await kafkaAnswers(open)); tries += 1) {
    if (tries > 300 || child.exitCode !== null) throw new Error(`the secured broker does not answer; see ${directory}`);
    await sleep(200);
  }
  return {
    environmentOf: (user = superUser) => ({
      ...process.env,
      KAFKA_BROKERS: `127.0.0.1:${secured}`,
      KAFKA_SASL_MECHANISM: "plain",
      KAFKA_SASL_USERNAME: user,
      KAFKA_SASL_PASSWORD: passwords.get(user) ?? "unknown",
    }),
  };
}

async function port(taken: Set<number>): Promise<number> {
  const free = await anyFreePort(taken);
  taken.add(free);
  return free;
}

/** The open listener is the broker's own, and the health probe's; no test uses it. */
function serverProperties(
  directory: string,
  { controller, open, secured }: { controller: number; open: number; secured: number },
  passwords: ReadonlyMap<string, string>,
): string {
  const login = "org.apache.kafka.common.security.plain.PlainLoginModule required";
  const known = [...passwords].map(([user, password]) => `user_${user}="${password}"`).join(" ");
  const lines: Record<string, string | number | boolean> = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controller}`,
    listeners: `INTERNAL://127.0.0.1:${open},CONTROLLER://127.0.0.1:${controller},SECURED://127.0.0.1:${secured}`,
    "advertised.listeners": `INTERNAL://127.0.0.1:${open},SECURED://127.0.0.1:${secured}`,
    "listener.security.protocol.map": "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "INTERNAL",
    "sasl.enabled.mechanisms": "PLAIN",
    "listener.name.secured.plain.sasl.jaas.config": `${login} ${known};`,
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": `User:${superUser};User:ANONYMOUS`,
    "allow.everyone.if.no.acl.found": false,
    "log.dirs": join(directory, "data"),
    "auto.create.topics.enable": false,
    "offsets.topic.num.partitions": 4,
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1000,
    "log.cleaner.dedupe.buffer.size": 4_194_304,
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}
