import { limits } from "./limits.js";

/**
 * Identifiers met in a file, with a fingerprint of their content, in bounded memory: two generations, of which the older
 * is dropped when the younger is full. So at least the last half of the bound is remembered, at most all of it.
 */
export class SeenIdentifiers {
  #younger = new Map<string, string>();
  #older = new Map<string, string>();

  constructor(private readonly maximum: number = limits.identifiersRemembered) {}

  /** The content last noted with an identifier. */
  contentOf(identifier: string): string | undefined {
    return this.#younger.get(identifier) ?? this.#older.get(identifier);
  }

  note(identifier: string, content: string): void {
    if (this.#younger.size >= this.maximum / 2) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(identifier, content);
  }
}
