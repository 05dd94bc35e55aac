import { existsSync } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The folder that holds package.json: the parent of `deploy/`, whether this module runs from `dist/` or not. */
export function packageRoot(): string {
  let directory = import.meta.dirname;
  while (!existsSync(join(directory, "package.json"))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error(`No package.json above ${import.meta.dirname}`);
    directory = parent;
  }
  return directory;
}

/** Whether something is there and may be used in this way (by default: is there at all; a link must lead somewhere). */
export function exists(path: string, mode?: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
