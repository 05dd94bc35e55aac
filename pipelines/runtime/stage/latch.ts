/** Wakes whoever waits; a notification that came before anyone waited is kept for the next wait. */
export class Latch {
  #pending = false;
  #waiters: (() => void)[] = [];

  notify(): void {
    this.#pending = true;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  async wait(): Promise<void> {
    if (!this.#pending) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    this.#pending = false;
  }
}
