/**
 * Whether this process is still a member of its group. A task that was fenced may take over again only if it is the
 * legitimate owner, or two owners would fence each other for ever: that is so under a newer generation, or when the
 * coordinator has answered a heartbeat that was sent after the fencing (a member that was evicted gets none answered).
 */
export class Membership {
  #generation = 0;
  #heartbeats = 0;
  #waiting: { generation: number; heartbeats: number; resolve: () => void }[] = [];

  get isMember(): boolean {
    return this.#generation > 0;
  }

  joined(): void {
    this.#generation += 1;
    this.#wake();
  }

  heartbeat(): void {
    this.#heartbeats += 1;
    this.#wake();
  }

  /** Two heartbeats, because the first may have been on its way already. */
  confirmed(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ generation: this.#generation, heartbeats: this.#heartbeats + 2, resolve });
    });
  }

  #wake(): void {
    const ready = (entry: { generation: number; heartbeats: number }): boolean =>
      this.#generation > entry.generation || this.#heartbeats >= entry.heartbeats;
    for (const entry of this.#waiting.filter(ready)) entry.resolve();
    this.#waiting = this.#waiting.filter((entry) => !ready(entry));
  }
}
