import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fetchArtifacts } from "../../deploy/local/download.js";
import { packageRoot } from "../../deploy/local/paths.js";

/** The releases that tests may use besides the local stack's own, by the two numbers that name them. */
export const olderKafka: Readonly<Record<string, string>> = { "3.9": "3.9.1" };

/** Folder of Kafka's jars in the local stack's cache. @param release the stack's own when there is none; another is fetched first */
export async function kafkaLibraries(release?: string): Promise<string> {
  const version = release === undefined ? undefined : olderKafka[release];
  if (release !== undefined && version === undefined)
    throw new Error(`Kafka ${release} is none of ${Object.keys(olderKafka).join(", ")}`);
  const { kafka = "" } = await fetchArtifacts(["kafka"], {
    cacheDirectory: join(packageRoot(), ".newstape", "cache"),
    maven: "mvn",
    onProgress: (line) => console.error(line),
    kafkaVersion: version,
  });
  return kafka;
}

/** The version of these jars. */
export async function kafkaVersion(libraries: string): Promise<string> {
  const names = (await readdir(libraries)).map((file) => /^kafka-clients-(.+)\.jar$/.exec(file)?.[1]);
  return names.find((name) => name !== undefined) ?? "unknown";
}
