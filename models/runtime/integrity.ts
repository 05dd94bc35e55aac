/** Reads the files of an artefact, and only those, and only as their card describes them. */
import { createHash } from "node:crypto";
import { readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { ModelIntegrityError } from "./errors.js";

/**
 * A file's bytes, wherever it lies below the artefact's directory.
 *
 * @throws ModelIntegrityError when the path leads out of the directory, by itself or through a symbolic link, or to
 *   something that is not a regular file
 */
export async function readInside(directory: string, path: string): Promise<Buffer> {
  const inside = "a regular file inside the artefact's directory";
  if (path === "" || isAbsolute(path) || leadsOut(directory, resolve(directory, path)))
    throw new ModelIntegrityError(path, inside, "a path that leads out of it");
  const [realDirectory, realFile] = await Promise.all([realpath(directory), realpath(resolve(directory, path))]).catch(
    (error: unknown) => {
      throw new ModelIntegrityError(path, inside, String(error));
    },
  );
  if (leadsOut(realDirectory, realFile)) throw new ModelIntegrityError(path, inside, "a link that leads out of it");
  if (!(await stat(realFile)).isFile()) throw new ModelIntegrityError(path, inside, "something else");
  return readFile(realFile);
}

/**
 * A file's bytes after their hash was checked: what is loaded is what was checked, even if the file changes meanwhile.
 *
 * @throws ModelIntegrityError when the content is not the expected one
 */
export async function readVerified(directory: string, path: string, sha256: string): Promise<Buffer> {
  const bytes = await readInside(directory, path);
  const actual = createHash("sha256").update(bytes).digest("hex");
  if (actual !== sha256) throw new ModelIntegrityError(path, sha256, actual);
  return bytes;
}

function leadsOut(directory: string, file: string): boolean {
  const path = relative(resolve(directory), file);
  return path === "" || path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path);
}
