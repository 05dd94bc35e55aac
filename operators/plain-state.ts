import type { KeyedState } from "./operator.js";

/** Keyed state without transactions: every write counts at once. For operators that run over plain arrays. */
export class PlainState<Value> extends Map<string, Value> implements KeyedState<Value> {}
