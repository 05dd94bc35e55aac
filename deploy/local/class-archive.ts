/**
 * Archives of the classes that a Java program loads (class-data sharing): with one, a server starts in half the processor time. Java passes
 * over an archive of other jars or of another Java by itself, but a damaged one can end it, or worse: each is used only while it has the
 * digest that it was made with.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { javaVersion } from "./tools.js";

/** What is run: the command `java`, and the folder of the jars in the cache. */
export interface JavaProgram {
  readonly java: string;
  readonly artifactDirectory: string;
}

const archiveName = "classes.jsa";
const digestName = "classes.sha256";

/** Java's own word on an archive that does not fit, which changes nothing but the time that a start takes. */
const quiet = ["-Xshare:auto", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"];

/** Options by which Java reads the program's classes from their archive; none when there is no archive, or it is not whole. */
export async function archiveOptions(program: JavaProgram): Promise<string[]> {
  try {
    if ((await siblings(program)).length === 0) return [];
    const file = join(await folderOf(program), archiveName);
    return (await isWhole(file)) ? [...quiet, `-XX:SharedArchiveFile=${file}`] : [];
  } catch {
    // What is wrong with the jars or with Java shows as the program starts.
    return [];
  }
}

/**
 * Makes the archive of the program unless there is one, in place of those of other jars or another Java that had the same folder.
 *
 * @param run starts the program with these options too, and ends it in an orderly way: Java writes the archive as it exits
 * @returns whether one was made. That Java wrote none is no error: every start does without.
 */
export async function makeArchive(program: JavaProgram, run: (options: string[]) => Promise<void>): Promise<boolean> {
  const folder = await folderOf(program);
  if (await isWhole(join(folder, archiveName))) return false;
  for (const former of await siblings(program)) await rm(former, { recursive: true, force: true });
  const scratch = `${folder}.${process.pid}`;
  await mkdir(scratch);
  try {
    await run([...quiet, `-XX:ArchiveClassesAtExit=${join(scratch, archiveName)}`]);
    const digest = await digestOf(join(scratch, archiveName));
    if (digest === undefined) return false;
    await writeFile(join(scratch, digestName), digest);
    await rename(scratch, folder);
    return true;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const prefixOf = ({ artifactDirectory }: JavaProgram): string => `${basename(artifactDirectory)}.classes-`;

/** Archives, and what is left of attempts at one, for whatever jars this folder has held and whichever Java. */
async function siblings(program: JavaProgram): Promise<string[]> {
  const cache = dirname(program.artifactDirectory);
  const names = (await readdir(cache)).filter((name) => name.startsWith(prefixOf(program)));
  return names.map((name) => join(cache, name));
}

/** Java compares paths, sizes and times of the jars with those in the archive; where they differ, another archive is needed. */
async function folderOf(program: JavaProgram): Promise<string> {
  const { java, artifactDirectory } = program;
  const jars = (await readdir(artifactDirectory, { recursive: true })).filter((name) => name.endsWith(".jar")).sort();
  const measured = await Promise.all(
    jars.map(async (name) => {
      const { size, mtimeMs } = await stat(join(artifactDirectory, name));
      return [name, size, mtimeMs];
    }),
  );
  const key = JSON.stringify([await javaVersion(java), await realpath(artifactDirectory), measured]);
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 12);
  return join(dirname(artifactDirectory), prefixOf(program) + hash);
}

async function isWhole(archive: string): Promise<boolean> {
  const made = await readFile(join(dirname(archive), digestName), "utf8").catch(() => undefined);
  return made !== undefined && made === (await digestOf(archive));
}

/** Of 50 MB: 30 ms. */
async function digestOf(file: string): Promise<string | undefined> {
  const content = await readFile(file).catch(() => undefined);
  return content && createHash("sha256").update(content).digest("hex");
}
