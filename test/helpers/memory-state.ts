import type { KeyedState } from "../../operators/operator.js";

/**
 * The keyed state of a task as the stage runner keeps it, in memory: writes of a batch lie in an overlay that the batch
 * alone sees, and become the state when it is committed. Values are frozen, so that changing one in place throws.
 */
export class MemoryState<Value> implements KeyedState<Value> {
  readonly #committed = new Map<string, Value>();
  #overlay = new Map<string, Value | undefined>();

  constructor(entries: Iterable<readonly [string, Value]> = []) {
    for (const [key, value] of entries) this.#committed.set(key, deepFreeze(value));
  }

  get(key: string): Readonly<Value> | undefined {
    return this.#overlay.has(key) ? this.#overlay.get(key) : this.#committed.get(key);
  }

  set(key: string, value: Value): void {
    this.#overlay.set(key, deepFreeze(value));
  }

  delete(key: string): void {
    this.#overlay.set(key, undefined);
  }

  /** Committed entries, least recently written first. */
  entries(): Iterable<readonly [string, Readonly<Value>]> {
    return this.#committed.entries();
  }

  /** Keys written since the last commit. */
  get written(): readonly string[] {
    return [...this.#overlay.keys()];
  }

  commit(): void {
    for (const [key, value] of this.#overlay) {
      this.#committed.delete(key);
      if (value !== undefined) this.#committed.set(key, value);
    }
    this.#overlay = new Map();
  }

  rollback(): void {
    this.#overlay = new Map();
  }
}

/** Freezes a value and everything in it. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
