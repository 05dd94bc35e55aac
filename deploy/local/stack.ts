import { mkdir, realpath, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { components, recordedIn } from "./catalogue.js";
import { findProcesses, stop } from "./lifecycle.js";
import { withStackLock } from "./lock.js";
import { memoryOf } from "./processes.js";
import { startMissing } from "./starting.js";
import { componentNames, readState, type ComponentName, type StackState } from "./state.js";

export { killComponent, restartComponent, startComponent } from "./control.js";
export { StackError } from "./errors.js";
export type { ComponentName } from "./state.js";

/** Where clients find the three servers. */
export interface Endpoints {
  kafkaBrokers: string[];
  schemaRegistryUrl: string;
  databaseUrl: string;
}

export interface StackOptions {
  dataDirectory: string;
  /** Downloads, shared by all stacks that name the same directory. Default: `cache` in the data directory. */
  cacheDirectory?: string;
  /** Ports that must be used; otherwise last time's, the usual ones or the next free. "any": random free ones, for tests. */
  ports?: Partial<Record<ComponentName, number>> | "any";
  /** The user's own servers; what is given here is not started. */
  external?: Partial<Endpoints>;
  /** Called with one line for each thing that takes time or was repaired. */
  onProgress?: (line: string) => void;
  /** The commands to run. Default: `java` and `mvn` of the PATH. */
  java?: string;
  maven?: string;
  /**
   * Whether an archive of Kafka's classes is made first, where the cache has none: some 5 s, once, after which every broker of this cache's
   * jars starts in half the time. One that is there is used in any case.
   */
  archivesClasses?: boolean;
}

/** Starts what is not running and healthy already, and returns when everything answers. The servers outlive this process. Throws {@link StackError}. */
export async function startStack(options: StackOptions): Promise<Endpoints> {
  const { external = {}, onProgress = () => undefined } = options;
  const given: Record<ComponentName, unknown> = {
    kafka: external.kafkaBrokers,
    registry: external.schemaRegistryUrl,
    postgres: external.databaseUrl,
  };
  const wanted = componentNames.filter((name) => given[name] === undefined);
  const addresses =
    wanted.length === 0 ? new Map<ComponentName, string>() : await startWanted(wanted, options, onProgress);
  const address = (name: ComponentName): string => addresses.get(name) ?? "";
  return {
    kafkaBrokers: external.kafkaBrokers ?? [address("kafka")],
    schemaRegistryUrl: external.schemaRegistryUrl ?? address("registry"),
    databaseUrl: external.databaseUrl ?? address("postgres"),
  };
}

async function startWanted(
  wanted: readonly ComponentName[],
  options: StackOptions,
  onProgress: (line: string) => void,
): Promise<Map<ComponentName, string>> {
  await mkdir(options.dataDirectory, { recursive: true });
  const dataDirectory = await realpath(options.dataDirectory);
  const { ports = {}, java = "java", maven = "mvn", archivesClasses = false } = options;
  const cache = options.cacheDirectory ?? join(dataDirectory, "cache");
  await mkdir(cache, { recursive: true });
  const cacheDirectory = await realpath(cache);
  const stack = await withStackLock(dataDirectory, onProgress, () =>
    startMissing({ dataDirectory, cacheDirectory, wanted, ports, java, maven, archivesClasses, onProgress }),
  );
  const addresses = new Map<ComponentName, string>();
  for (const name of wanted) {
    const state = stack.components[name];
    if (state) addresses.set(name, await components[name].address({ dataDirectory, state }));
  }
  return addresses;
}

/** Ends all servers of this data directory, gracefully where they can; what they stored stays. Returns the titles of those that ran. */
export async function stopStack(
  directory: string,
  onProgress: (line: string) => void = () => undefined,
): Promise<string[]> {
  const dataDirectory = await realpath(directory).catch(() => undefined);
  if (dataDirectory === undefined) return [];
  return withStackLock(dataDirectory, onProgress, async () => stopAll(dataDirectory, await readState(dataDirectory)));
}

async function stopAll(dataDirectory: string, state: StackState | undefined): Promise<string[]> {
  // Without a state file the servers are still found: their command lines name the data directory.
  const places = componentNames.map((name) => ({
    component: components[name],
    place: { dataDirectory, state: state?.components[name] ?? { port: 0 } },
  }));
  const ran = await Promise.all(
    places.map(async ({ component, place }) => ((await stop(component, place)) ? [component.title] : [])),
  );
  return ran.flat();
}

/** Stops the stack and removes its data, logs and state, but not the downloads. */
export async function cleanStack(
  directory: string,
  onProgress: (line: string) => void = () => undefined,
): Promise<void> {
  const dataDirectory = await realpath(directory).catch(() => undefined);
  if (dataDirectory === undefined) return;
  await withStackLock(dataDirectory, onProgress, async () => {
    const state = await readState(dataDirectory);
    await stopAll(dataDirectory, state);
    const elsewhere = state?.components.postgres?.directory;
    // Only ever a directory that postgres.ts named itself.
    if (elsewhere !== undefined && basename(elsewhere).startsWith("newstape-"))
      await rm(elsewhere, { recursive: true, force: true });
    for (const name of [...componentNames, "logs", "stack.json"])
      await rm(join(dataDirectory, name), { recursive: true, force: true });
  });
}

/** One component as `newstape status` shows it. */
export interface ComponentStatus {
  name: ComponentName;
  title: string;
  port: number;
  healthy: boolean;
  pid?: number;
  /** Memory of all its processes, shared pages counted once, where the system reports it. */
  memoryBytes?: number;
}

/** What runs of this data directory's stack; empty when it was never started. Takes no lock. */
export async function stackStatus(directory: string): Promise<ComponentStatus[]> {
  const dataDirectory = await realpath(directory).catch(() => undefined);
  if (dataDirectory === undefined) return [];
  const recorded = recordedIn(dataDirectory, await readState(dataDirectory));
  return Promise.all(
    recorded.map(async ({ component, place }) => {
      const { server, all } = await findProcesses(component, place);
      const healthy = server !== undefined && (await component.probe(place));
      const memoryBytes = await memoryOf(all);
      return {
        name: component.name,
        title: component.title,
        port: place.state.port,
        healthy,
        ...(server === undefined ? {} : { pid: server }),
        ...(memoryBytes === undefined ? {} : { memoryBytes }),
      };
    }),
  );
}
