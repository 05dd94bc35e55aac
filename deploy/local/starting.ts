import { components, recordedIn } from "./catalogue.js";
import type { Component } from "./component.js";
import { checkDiskSpace, explainFullDisk } from "./disk.js";
import { archiveClasses } from "./archiving.js";
import { fetchArtifacts } from "./download.js";
import { StackError } from "./errors.js";
import { findProcesses, launch, stop } from "./lifecycle.js";
import { choosePort } from "./ports.js";
import { waitUntil } from "./processes.js";
import { readState, writeState, type ComponentName, type ComponentState, type StackState } from "./state.js";
import { checkJava } from "./tools.js";

/** What {@link startMissing} needs, with every default filled in. */
export interface StartPlan {
  dataDirectory: string;
  cacheDirectory: string;
  wanted: readonly ComponentName[];
  /** "any": a random free port for each. */
  ports: Partial<Record<ComponentName, number>> | "any";
  java: string;
  maven: string;
  /** Whether to make an archive of Kafka's classes, where there is none. */
  archivesClasses: boolean;
  onProgress: (line: string) => void;
}

/** A server that is starting, or starved on a busy machine, is not to be killed for a slow answer. */
const patienceMs = 10_000;

/** Another program may take a port between our look and the server's. */
const portAttempts = 3;

/** Starts the wanted components that are not running and healthy, all at once. If one fails, those that this call started are stopped again. */
export function startMissing(plan: StartPlan): Promise<StackState> {
  return explainFullDisk(plan.dataDirectory, () => start(plan));
}

async function start(plan: StartPlan): Promise<StackState> {
  const { dataDirectory, cacheDirectory, java } = plan;
  const stack: StackState = { components: {}, ...(await readState(dataDirectory)), cacheDirectory, java };
  const healthy = await Promise.all(plan.wanted.map((name) => reuse(components[name], stack, plan)));
  const missing = plan.wanted.filter((_, index) => !healthy[index]).map((name) => components[name]);
  if (missing.length === 0) return stack;

  await checkDiskSpace(dataDirectory);
  const artifacts = await fetchJava(missing, plan);
  for (const component of missing) stack.components[component.name] = await plannedState(component, stack, plan);
  await writeState(dataDirectory, stack);

  const outcomes = await Promise.allSettled(missing.map((component) => startOne(component, stack, artifacts, plan)));
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
  if (failures.length === 0) return stack;
  await Promise.all(
    recordedIn(dataDirectory, stack)
      .filter(({ component }) => missing.includes(component))
      .map(({ component, place }) => stop(component, place)),
  );
  const [first] = failures;
  if (first && failures.length === 1) throw first;
  throw new StackError("START_FAILED", failures.map((failure) => failure.message).join("\n"), { cause: first });
}

/** True when the component runs, answers and is on the port that was set. Anything else that runs is ended, to be started afresh. */
async function reuse(component: Component, stack: StackState, plan: StartPlan): Promise<boolean> {
  const place = { dataDirectory: plan.dataDirectory, state: stack.components[component.name] ?? { port: 0 } };
  const { server, all } = await findProcesses(component, place);
  if (all.length === 0) return false;
  const wish = explicitPort(component, plan);
  const elsewhere = wish !== undefined && wish !== place.state.port;
  if (
    server !== undefined &&
    !elsewhere &&
    place.state.port > 0 &&
    (await waitUntil(() => component.probe(place), patienceMs))
  ) {
    plan.onProgress(`${component.title} is running on port ${place.state.port}`);
    return true;
  }
  const reason = elsewhere ? "is on another port" : "does not answer";
  plan.onProgress(`${component.title} of an earlier run ${reason}: ending it`);
  await stop(component, place);
  return false;
}

const explicitPort = (component: Component, { ports }: StartPlan): number | undefined =>
  ports === "any" ? undefined : ports[component.name];

async function fetchJava(
  missing: readonly Component[],
  plan: StartPlan,
): Promise<Partial<Record<ComponentName, string>>> {
  const names = missing.flatMap(({ name }) => (name === "postgres" ? [] : [name]));
  if (names.length === 0) return {};
  await checkJava(plan.java);
  return fetchArtifacts(names, plan);
}

/** The port and whatever else the component decides before it starts. */
async function plannedState(component: Component, stack: StackState, plan: StartPlan): Promise<ComponentState> {
  const taken = new Set(Object.values(stack.components).map(({ port }) => port));
  const recorded = stack.components[component.name];
  if (recorded) taken.delete(recorded.port);
  const usual = plan.ports === "any" ? undefined : component.defaultPort;
  const port = await choosePort(
    component.title,
    { explicit: explicitPort(component, plan), recorded: recorded?.port, usual },
    taken,
  );
  const before = recorded?.port ?? usual;
  if (before !== undefined && port !== before && explicitPort(component, plan) === undefined)
    plan.onProgress(`port ${before} is in use: ${component.title} takes ${port}`);
  const planned = await component.plan({ dataDirectory: plan.dataDirectory, state: { ...recorded, port } });
  if (planned.directory !== undefined && planned.directory !== recorded?.directory) {
    plan.onProgress(
      `${component.title}'s data is in ${planned.directory}: its user cannot reach ${plan.dataDirectory}`,
    );
  }
  return planned;
}

/** Starts one component. A port that was lost in a race is replaced, unless it was set by number. */
async function startOne(
  component: Component,
  stack: StackState,
  artifacts: Partial<Record<ComponentName, string>>,
  plan: StartPlan,
): Promise<void> {
  const { dataDirectory, java, onProgress } = plan;
  const artifactDirectory = artifacts[component.name] ?? "";
  for (let attempt = 1; ; attempt++) {
    const state = stack.components[component.name] ?? { port: 0 };
    const context = { dataDirectory, java, state, artifactDirectory };
    if (plan.archivesClasses && component.usesArchive) await archiveClasses(component, context, onProgress);
    const began = performance.now();
    try {
      await launch(component, context);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      return onProgress(`${component.title} answers on port ${state.port} after ${seconds} s`);
    } catch (error) {
      const lost = error instanceof StackError && error.code === "PORT_BUSY";
      if (!lost || explicitPort(component, plan) !== undefined || attempt === portAttempts) throw error;
      stack.components[component.name] = await plannedState(component, stack, plan);
      await writeState(dataDirectory, stack);
    }
  }
}
