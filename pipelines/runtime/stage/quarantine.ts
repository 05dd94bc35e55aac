/**
 * Operators of one process side by side, or one of them alone. If the process dies meanwhile it is known which record it was
 * working on, whatever other tasks and stages it has.
 */
export class Quarantine {
  #together = 0;
  #alone: Promise<void> | undefined;
  #onEmpty: (() => void) | undefined;

  async together<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#alone) await this.#alone;
    this.#together += 1;
    try {
      return await work();
    } finally {
      this.#together -= 1;
      if (this.#together === 0) this.#onEmpty?.();
    }
  }

  async alone<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#alone) await this.#alone;
    let release: () => void = () => undefined;
    this.#alone = new Promise((resolve) => (release = resolve));
    try {
      if (this.#together > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve));
      return await work();
    } finally {
      this.#onEmpty = undefined;
      this.#alone = undefined;
      release();
    }
  }
}

/** A native crash ends the process, so that there is one for all its stages. */
export const quarantine = new Quarantine();
