import { pino, type Logger } from "pino";

export type { Logger } from "pino";

/**
 * JSON logs on standard error; standard output belongs to what a command prints.
 *
 * @param level `trace`, `debug`, `info`, `warn`, `error` or `silent`
 */
export function createLogger(level: string): Logger {
  return pino({ level, base: { pid: process.pid } }, pino.destination(2));
}
