import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { stat, truncate } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { LineSplitter } from "../ingest/lines.js";
import { messageOf, UserError } from "../runtime/errors.js";
import type { SentimentAnalysis } from "./analyze-sentiment.js";

export type AnalysedLine = SentimentAnalysis & { readonly line: number };

const columns: readonly (readonly [string, (analysis: AnalysedLine) => string | number | boolean | null])[] = [
  ["line", ({ line }) => line],
  ["text", ({ text }) => text],
  ["label", ({ label }) => label],
  ["score", ({ score }) => score],
  ["confidence", ({ confidence }) => confidence],
  ["negative", ({ blend }) => blend.negative],
  ["neutral", ({ blend }) => blend.neutral],
  ["positive", ({ blend }) => blend.positive],
  ["vader_compound", ({ vaderCompound }) => vaderCompound],
  ["model", ({ model }) => model],
  ["degraded", ({ degraded }) => degraded],
];

const cell = (value: string | number | boolean | null): string => {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const csvLine = (cells: readonly (string | number | boolean | null)[]): string => `${cells.map(cell).join(",")}\n`;

/** Writes analyses as whole lines, no faster than they are taken. */
export class SentimentOutput {
  readonly #target: Writable;
  readonly #done: Promise<void>;
  readonly #isCsv: boolean;
  readonly #isStandard: boolean;

  /**
   * @param file ends in .jsonl, .csv, .jsonl.gz or .csv.gz; `-` is JSON Lines on standard output
   * @param isResumed add to what is there
   * @throws UserError for another name
   */
  constructor(file: string, isResumed: boolean) {
    const kind = /\.(jsonl|csv)(\.gz)?$/i.exec(file);
    this.#isStandard = file === "-";
    if (!this.#isStandard && !kind) {
      throw new UserError(`the format of ${file} is not known`, "End it in .jsonl, .csv, .jsonl.gz or .csv.gz.");
    }
    this.#isCsv = kind?.[1]?.toLowerCase() === "csv";
    if (this.#isStandard) {
      this.#target = process.stdout;
      this.#done = Promise.resolve();
      return;
    }
    const written = createWriteStream(file, { flags: isResumed ? "a" : "w" });
    if (kind?.[2]) {
      const gzip = createGzip();
      gzip.pipe(written);
      written.once("error", (error) => gzip.destroy(error));
      gzip.on("error", () => undefined);
      this.#target = gzip;
    } else this.#target = written;
    this.#done = finished(written).catch((error: unknown) => {
      throw new UserError(`${file} cannot be written: ${messageOf(error)}`, "Choose another place.", { cause: error });
    });
    this.#done.catch(() => undefined);
    if (this.#isCsv && !isResumed) this.#target.write(csvLine(columns.map(([name]) => name)));
  }

  async write(analyses: readonly AnalysedLine[]): Promise<void> {
    const text = analyses
      .map((analysis) =>
        this.#isCsv ? csvLine(columns.map(([, value]) => value(analysis))) : `${JSON.stringify(analysis)}\n`,
      )
      .join("");
    if (text === "") return;
    if (this.#target.destroyed) return this.#done;
    if (!this.#target.write(text)) await Promise.race([once(this.#target, "drain"), this.#failed()]);
  }

  /** Only ever rejects: what goes well ends with `close`. */
  #failed(): Promise<unknown> {
    return this.#isStandard ? new Promise(() => undefined) : this.#done;
  }

  async close(): Promise<void> {
    if (!this.#isStandard) this.#target.end();
    await this.#done;
  }
}

/**
 * How far an interrupted run came: the line of its last whole record. A half-written one is cut off.
 *
 * @param model name@version that goes on; null: VADER alone
 * @throws UserError when the file is no JSON Lines of ours, or another model wrote it
 */
export async function resumePoint(file: string, model: string | null): Promise<number> {
  if (!/\.jsonl$/i.test(file)) {
    throw new UserError(`${file} cannot be resumed`, "Write JSON Lines, unpacked: --out FILE.jsonl.");
  }
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size === 0) return 0;
  const splitter = new LineSplitter(64 << 20);
  let whole = 0;
  let last: Buffer | undefined;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    for (const { bytes } of splitter.push(chunk)) {
      whole += bytes.length + 1;
      last = Buffer.from(bytes);
    }
  }
  if (whole < size) await truncate(file, whole);
  if (!last) return 0;
  const record = parsed(last);
  if (typeof record?.line !== "number") {
    throw new UserError(`${file} was not written by this command`, "Give --out another name.");
  }
  if (record.model !== model) {
    throw new UserError(
      `${file} was written with ${record.model ?? "VADER alone"}, and this run is with ${model ?? "VADER alone"}`,
      "Name the same --model, or another file.",
    );
  }
  return record.line;
}

function parsed(line: Buffer): Partial<AnalysedLine> | undefined {
  try {
    return JSON.parse(line.toString()) as Partial<AnalysedLine>;
  } catch {
    return undefined;
  }
}
