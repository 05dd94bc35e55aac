import type { KeyedState } from "../../../operators/operator.js";

/**
 * The keyed state of one task: what is committed, and the writes of the batch in work, in layers. A layer is dropped
 * when the operator throws, so that the same inputs can be tried again in smaller batches.
 */
export class StateStore<Value> implements KeyedState<Value> {
  readonly #committed = new Map<string, Value>();
  readonly #layers: Map<string, Value | undefined>[] = [];

  get size(): number {
    return this.#committed.size;
  }

  get(key: string): Readonly<Value> | undefined {
    for (let index = this.#layers.length - 1; index >= 0; index -= 1) {
      const layer = this.#layers[index];
      if (layer?.has(key)) return layer.get(key);
    }
    return this.#committed.get(key);
  }

  set(key: string, value: Value): void {
    this.#top().set(key, value);
  }

  delete(key: string): void {
    this.#top().set(key, undefined);
  }

  entries(): Iterable<readonly [string, Readonly<Value>]> {
    return this.#committed.entries();
  }

  /** Puts a restored entry, or removes it. */
  restore(key: string, value: Value | undefined): void {
    // Deleting first keeps the order that of the last write, as in the changelog.
    this.#committed.delete(key);
    if (value !== undefined) this.#committed.set(key, value);
  }

  /** Opens a layer of writes. */
  begin(): void {
    this.#layers.push(new Map());
  }

  /** Drops the newest layer. */
  rollback(): void {
    this.#layers.pop();
  }

  /** Joins the newest layer to the one below it. */
  release(): void {
    const top = this.#layers.pop();
    const below = this.#layers.at(-1);
    if (!top || !below) throw new Error("release needs two open layers");
    for (const [key, value] of top) below.set(key, value);
  }

  /** The writes of the only open layer: one per key; undefined for a deleted key. */
  writes(): ReadonlyMap<string, Value | undefined> {
    return this.#top();
  }

  /** Makes the writes of the only open layer the committed state. */
  apply(): void {
    const layer = this.#layers.pop();
    for (const [key, value] of layer ?? []) this.restore(key, value);
  }

  #top(): Map<string, Value | undefined> {
    const top = this.#layers.at(-1);
    if (!top) throw new Error("the state is written outside a batch");
    return top;
  }
}
