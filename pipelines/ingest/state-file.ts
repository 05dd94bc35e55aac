import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../runtime/errors.js";

/** A state that cannot be read: cut off, or of another version. */
export class StateFileError extends Error {
  override readonly name = "StateFileError";
}

/** A state on disk, replaced as a whole: a kill at any moment leaves the old one or the new one. */
export class StateFile<State extends object> {
  readonly path: string;

  constructor(
    private readonly directory: string,
    name: string,
    private readonly version: number,
  ) {
    this.path = join(directory, `${name}.json`);
  }

  /**
   * @returns undefined where there is none yet
   * @throws StateFileError
   */
  async load(): Promise<State | undefined> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    try {
      const { version, ...state } = JSON.parse(text) as State & { version: number };
      if (version === this.version) return state as unknown as State;
      throw new Error(`its version is ${version}`);
    } catch (error) {
      throw new StateFileError(`${this.path} cannot be read: ${messageOf(error)}`);
    }
  }

  async save(state: State): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    const next = `${this.path}.${process.pid}.new`;
    await writeFile(next, JSON.stringify({ version: this.version, ...state }));
    await rename(next, this.path);
  }
}
