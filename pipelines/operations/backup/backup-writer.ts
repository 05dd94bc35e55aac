import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { messageOf, UserError } from "../../runtime/errors.js";

/** Compresses and writes no faster than the disk takes it. */
export class BackupWriter {
  readonly #hash = createHash("sha256");
  readonly #gzip = createGzip();
  readonly #written: Promise<void>;

  constructor(path: string) {
    const file = createWriteStream(path, { mode: 0o600 });
    this.#gzip.pipe(file);
    file.once("error", (error) => this.#gzip.destroy(error));
    this.#written = finished(file).catch((error: unknown) => {
      throw new UserError(`The backup cannot be written to ${path}: ${messageOf(error)}`, "Choose another place.", {
        cause: error,
      });
    });
    this.#written.catch(() => undefined);
    this.#gzip.on("error", () => undefined);
  }

  line(text: string): Promise<void> {
    return this.bytes(Buffer.from(`${text}\n`));
  }

  async bytes(chunk: Buffer): Promise<void> {
    this.#hash.update(chunk);
    if (this.#gzip.destroyed) return this.#written;
    if (!this.#gzip.write(chunk)) await Promise.race([once(this.#gzip, "drain"), this.#written]);
  }

  /** Of everything so far. */
  digest(): string {
    return this.#hash.copy().digest("hex");
  }

  async end(): Promise<void> {
    this.#gzip.end();
    await this.#written;
  }

  async abandon(): Promise<void> {
    this.#gzip.destroy();
    await this.#written.catch(() => undefined);
  }
}
