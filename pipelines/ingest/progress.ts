import { SingleBar } from "cli-progress";
import type { IngestSummary } from "./summary.js";

/** How far an ingest is. */
export interface ProgressState {
  readonly counts: Pick<IngestSummary, "lines" | "accepted" | "rejected" | "duplicates">;
  /** Bytes of the file read so far, as stored. */
  readonly bytes: number;
  /** undefined for a stream. */
  readonly totalBytes: number | undefined;
}

export interface IngestProgress {
  update(state: ProgressState): void;
  /** Shows the last state and gives the terminal back. */
  stop(): void;
}

type Terminal = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** A bar on a terminal, else (a pipe, a log, a stream of unknown length) a plain line every few seconds. */
export function ingestProgress(label: string, terminal: Terminal, now: () => number): IngestProgress {
  return terminal.isTTY === true ? new BarProgress(label, terminal) : new PlainProgress(label, terminal, now);
}

const number = (value: number): string => value.toLocaleString("en-US");

function counts({ counts: { accepted, rejected, duplicates } }: ProgressState): string {
  const repeated = duplicates > 0 ? `, ${number(duplicates)} repeated` : "";
  return `${number(accepted)} accepted, ${number(rejected)} rejected${repeated}`;
}

class BarProgress implements IngestProgress {
  readonly #bar: SingleBar;
  #started = false;

  constructor(label: string, stream: Terminal) {
    const format = `${label} {bar} {percentage} % | {counts} | {rate} lines/s`;
    this.#bar = new SingleBar({ format, stream, hideCursor: true, fps: 5, barsize: 24, gracefulExit: false });
  }

  #begin = 0;

  update(state: ProgressState): void {
    const total = state.totalBytes ?? Math.max(1, state.bytes);
    if (!this.#started) {
      this.#started = true;
      this.#begin = performance.now();
      this.#bar.start(total, 0, { counts: "", rate: "0" });
    }
    const seconds = Math.max(0.001, (performance.now() - this.#begin) / 1000);
    this.#bar.update(state.bytes, { counts: counts(state), rate: number(Math.round(state.counts.lines / seconds)) });
  }

  stop(): void {
    if (this.#started) this.#bar.stop();
  }
}

class PlainProgress implements IngestProgress {
  #last: number | undefined;
  #shown: ProgressState | undefined;
  #latest: ProgressState | undefined;

  constructor(
    private readonly label: string,
    private readonly stream: Terminal,
    private readonly now: () => number,
    private readonly everyMs = 5_000,
  ) {}

  update(state: ProgressState): void {
    this.#latest = state;
    this.#last ??= this.now();
    if (this.now() - this.#last < this.everyMs) return;
    this.#last = this.now();
    this.#write(state);
  }

  stop(): void {
    if (this.#latest !== undefined && this.#latest !== this.#shown) this.#write(this.#latest);
  }

  #write(state: ProgressState): void {
    this.#shown = state;
    const share = state.totalBytes ? `${Math.floor((100 * state.bytes) / state.totalBytes)} %, ` : "";
    this.stream.write(`${this.label}: ${share}line ${number(state.counts.lines)}, ${counts(state)}\n`);
  }
}
