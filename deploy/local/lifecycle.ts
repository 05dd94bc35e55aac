import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Component, ComponentContext, ComponentPlace, Launch } from "./component.js";
import { StackError } from "./errors.js";
import { portHolder } from "./port-holder.js";
import { portBusyError } from "./ports.js";
import { isGone, listProcesses, signalProcess, waitUntil } from "./processes.js";

const startTimeoutMs = 90_000;
const gracefulStopMs = 20_000;
const rotateAboveBytes = 20 << 20;

export const logFile = (dataDirectory: string, name: string): string => join(dataDirectory, "logs", `${name}.log`);

/** The component's processes, as the system lists them: no pid file can be stale, none can name a stranger. */
export async function findProcesses(
  component: Component,
  place: ComponentPlace,
): Promise<{ server?: number; all: number[] }> {
  const mine = (await listProcesses())
    .map((process) => ({ pid: process.pid, role: component.roleOf(process, place) }))
    .filter(({ role }) => role !== undefined);
  const server = mine.find(({ role }) => role === "server")?.pid;
  return { all: mine.map(({ pid }) => pid), ...(server === undefined ? {} : { server }) };
}

/**
 * Starts the server as a process of its own that outlives this one, and returns when it answers.
 *
 * @param options further ones, before those of the component
 */
export async function launch(
  component: Component,
  context: ComponentContext,
  options: readonly string[] = [],
): Promise<void> {
  const { parameters, ...plan } = await component.prepare(context);
  const { child, logStart } = await spawnDetached(
    { ...plan, parameters: [...options, ...parameters] },
    context.dataDirectory,
    component.name,
  );
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ? `ended by ${signal}` : `exit code ${code}`));
  });
  const deadline = Date.now() + startTimeoutMs;
  let outcome: string | undefined;
  void ended.then((reason) => (outcome = reason));
  while (!(await component.probe(context)) || !(await isHolder(context.state.port, child.pid))) {
    if (outcome !== undefined) throw await startFailure(component, context, logStart, outcome);
    if (Date.now() > deadline) {
      await stop(component, context);
      throw await startFailure(component, context, logStart, `no answer after ${startTimeoutMs / 1000} s`);
    }
    await sleep(50);
  }
  await component.finish?.(context);
  child.unref();
}

async function spawnDetached(
  plan: Launch,
  dataDirectory: string,
  name: string,
): Promise<{ child: ChildProcess; logStart: number }> {
  const file = logFile(dataDirectory, name);
  await mkdir(join(dataDirectory, "logs"), { recursive: true });
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  const rotate = size > rotateAboveBytes;
  if (rotate) await rename(file, `${file}.1`);
  const log = openSync(file, "a", 0o600);
  try {
    const { uid, gid } = plan;
    // Without a UTF-8 locale Java cannot open a path with an accent in it; env replaces itself by the server, so the pid is the server's.
    const child = spawn("env", ["LC_ALL=C.UTF-8", plan.command, ...plan.parameters], {
      detached: true,
      cwd: "/",
      stdio: ["ignore", log, log],
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    return { child, logStart: rotate ? 0 : size };
  } finally {
    closeSync(log);
  }
}

/** Another server that was quicker to take the port would answer the probe as well. Where the holder cannot be seen, the answer counts. */
async function isHolder(port: number, pid: number | undefined): Promise<boolean> {
  const holder = await portHolder(port);
  return holder === undefined || holder.pid === pid;
}

async function startFailure(
  component: Component,
  { dataDirectory, state }: ComponentPlace,
  logStart: number,
  reason: string,
): Promise<StackError> {
  const file = logFile(dataDirectory, component.name);
  const log = (await readFile(file).catch(() => Buffer.alloc(0))).subarray(logStart).toString("utf8");
  const tail = log.split("\n").slice(-25).join("\n");
  if (log.includes("No space left on device"))
    return new StackError("DISK_FULL", `${component.title} did not start: the disk of ${dataDirectory} is full.`);
  if (/address already in use|port .* already bound|seems to be in use/i.test(log))
    return portBusyError(component.title, state.port);
  return new StackError("START_FAILED", `${component.title} did not start (${reason}). The end of ${file}:\n${tail}`);
}

/** Ends every process of the component: a graceful end first, then a kill. Returns whether there was any. */
export async function stop(component: Component, place: ComponentPlace): Promise<boolean> {
  const { server, all } = await findProcesses(component, place);
  if (all.length === 0) return false;
  if (server !== undefined) {
    signalProcess(server, component.stopSignal);
    // One that is stopped would never see the signal.
    signalProcess(server, "SIGCONT");
  }
  // Children without their server end by themselves, or never.
  const known = new Set(all);
  if (!(await waitUntil(() => noneLeft(component, place, known), server === undefined ? 1_000 : gracefulStopMs))) {
    await kill(component, place);
  }
  return true;
}

/** Kills every process of the component and waits until the system has forgotten them. */
export async function kill(component: Component, place: ComponentPlace): Promise<void> {
  const known = new Set<number>();
  const gone = await waitUntil(async () => {
    for (const pid of (await findProcesses(component, place)).all) {
      known.add(pid);
      signalProcess(pid, "SIGKILL");
    }
    return noneLeft(component, place, known);
  }, 10_000);
  if (!gone) throw new StackError("STOP_FAILED", `${component.title} could not be ended.`);
}

async function noneLeft(component: Component, place: ComponentPlace, known: ReadonlySet<number>): Promise<boolean> {
  const { all } = await findProcesses(component, place);
  return all.length === 0 && (await Promise.all([...known].map(isGone))).every(Boolean);
}
