import { openConnection, type Connection, type OpenOptions } from "../operations/connection.js";

/** Prints one line for people, on standard error: standard output is for a command's result. */
export const say = (line = ""): void => void process.stderr.write(`${line}\n`);

/** What a command works with; the start of the local stack is printed step by step. */
export const openContext = (options: Omit<OpenOptions, "onProgress"> = {}): Promise<Connection> =>
  openConnection({ ...options, onProgress: (line) => options.start && say(`  ${line}`) });
