import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkDiskSpace } from "./disk.js";
import { StackError } from "./errors.js";
import { withLock } from "./lock.js";
import { runMaven } from "./maven.js";
import { packageRoot } from "./paths.js";
import { checkMaven } from "./tools.js";

/** What pom.xml can fetch: its execution, and a file that must be there afterwards. */
const artifacts = {
  kafka: { goal: "dependency:copy-dependencies@kafka", sentinel: /^kafka_2\.13-.*\.jar$/ },
  registry: { goal: "dependency:unpack@registry", sentinel: /^apicurio-registry-app-.*-runner\.jar$/ },
} as const;
export type ArtifactName = keyof typeof artifacts;

export interface DownloadOptions {
  cacheDirectory: string;
  maven: string;
  onProgress: (line: string) => void;
  /** Of Kafka, where it is not to be the pom's: kept in a folder of its own. */
  kafkaVersion?: string | undefined;
}

const manifestName = "files.json";
const scratchPrefix = "download-";

/** Makes sure that the artefacts are in the cache, complete, and returns their folders. */
export async function fetchArtifacts(
  names: readonly ArtifactName[],
  options: DownloadOptions,
): Promise<Partial<Record<ArtifactName, string>>> {
  const pom = join(packageRoot(), "deploy", "local", "pom.xml");
  const hash = createHash("sha256").update(await readFile(pom));
  // Another version, of the pom or of the options, is another folder.
  if (options.kafkaVersion !== undefined) hash.update(options.kafkaVersion);
  const version = hash.digest("hex").slice(0, 8);
  const folders = new Map(names.map((name) => [name, join(options.cacheDirectory, `${name}-${version}`)]));
  if ((await incomplete(folders)).size > 0) {
    const onWait = (pid: number): void => options.onProgress(`waiting for process ${pid}, which is downloading`);
    await withLock(join(options.cacheDirectory, "download.lock"), { onWait }, async () => {
      const wanted = await incomplete(folders);
      if (wanted.size > 0) await download(wanted, pom, options);
    });
  }
  return Object.fromEntries(folders);
}

/** A folder counts when every file of its manifest is there in its full size. An interrupted download never has a manifest. */
async function incomplete(folders: ReadonlyMap<ArtifactName, string>): Promise<Map<ArtifactName, string>> {
  const result = new Map<ArtifactName, string>();
  for (const [name, folder] of folders) {
    const manifest = await readFile(join(folder, manifestName), "utf8").catch(() => undefined);
    const found = manifest === undefined ? undefined : JSON.stringify(await sizes(folder));
    if (manifest === undefined || found !== manifest) result.set(name, folder);
  }
  return result;
}

async function sizes(folder: string): Promise<Record<string, number>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const measured = await Promise.all(
    files.map(async (file) => [file.slice(folder.length + 1), (await stat(file)).size] as const),
  );
  return Object.fromEntries(measured.filter(([file]) => file !== manifestName).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function download(wanted: ReadonlyMap<ArtifactName, string>, pom: string, options: DownloadOptions) {
  await checkMaven(options.maven);
  await checkDiskSpace(options.cacheDirectory);
  await removeLeftovers(options.cacheDirectory);
  const scratch = join(options.cacheDirectory, scratchPrefix + randomBytes(6).toString("hex"));
  await mkdir(scratch);
  try {
    options.onProgress(`downloading ${[...wanted.keys()].join(" and ")} through Maven (up to 200 MiB, only once)`);
    const goals = [...wanted.keys()].map((name) => artifacts[name].goal);
    const { kafkaVersion } = options;
    const properties = kafkaVersion === undefined ? [] : [`-Dkafka.version=${kafkaVersion}`];
    await runMaven(options.maven, pom, [`-Dnewstape.target=${scratch}`, ...properties, ...goals]);
    for (const [name, folder] of wanted) await adopt(name, join(scratch, name), folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function adopt(name: ArtifactName, from: string, to: string): Promise<void> {
  const files = await readdir(from).catch(() => []);
  if (!files.some((file) => artifacts[name].sentinel.test(file))) {
    throw new StackError("DOWNLOAD_FAILED", `Maven ended without an error but did not bring ${name}. Start again.`);
  }
  await writeFile(join(from, manifestName), JSON.stringify(await sizes(from)));
  await rm(to, { recursive: true, force: true });
  await rename(from, to);
}

/** What a killed download left. A Maven that still runs without its parent may be writing there: then it stays until the next time. */
async function removeLeftovers(cacheDirectory: string): Promise<void> {
  for (const entry of await readdir(cacheDirectory)) {
    if (entry.startsWith(scratchPrefix) && !entry.endsWith(".lock")) {
      await rm(join(cacheDirectory, entry), { recursive: true, force: true }).catch(() => undefined);
    }
  }
}
