/**
 * What an operator is: a pure function of a batch and its keyed state that gives exactly one outcome per input.
 * It uses neither Kafka nor SQL, clocks or the environment, so that replay gives the same bytes as live did.
 */
import type { TopicName, TopicRecords } from "../schemas/topics.js";
import type { RejectCode } from "../schemas/reject-codes.js";

/** A decoded input record with the topic it came from; narrow on `topic`. */
export type Input<Names extends TopicName> = {
  [Name in Names]: { readonly topic: Name; readonly record: Readonly<TopicRecords[Name]> };
}[Names];

/** A record to publish; its key and partition follow from the topic's catalogue entry. */
export type Output<Names extends TopicName> = {
  [Name in Names]: { readonly topic: Name; readonly record: TopicRecords[Name] };
}[Names];

/**
 * What whoever runs the operator should count or log of an input, besides its outcome; no part of any record. Names and
 * values are few: they may become labels of metrics.
 */
export type Note = Readonly<Record<string, string>>;

/** What became of one input. Every input has exactly one. */
export type Outcome<Out extends TopicName> =
  /** It caused these records. */
  | { readonly kind: "emit"; readonly records: readonly Output<Out>[]; readonly notes?: readonly Note[] }
  /** It went into the state, and nothing is to be published yet. */
  | { readonly kind: "absorb"; readonly notes?: readonly Note[] }
  /** It was seen before. */
  | { readonly kind: "duplicate" }
  /**
   * It cannot be used: its original bytes go to `<stage>.rejected`. What waited for it, and need not wait any more, may be
   * published all the same.
   */
  | {
      readonly kind: "reject";
      readonly code: RejectCode;
      readonly reason: string;
      readonly records?: readonly Output<Out>[];
    };

/**
 * The keyed state of one task. Values are immutable: `set` a new one rather than change what `get` gave.
 * Writes of a batch become visible to later batches only if the batch is committed.
 */
export interface KeyedState<Value> {
  get(key: string): Readonly<Value> | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  /** Committed entries, least recently inserted first. */
  entries(): Iterable<readonly [string, Readonly<Value>]>;
}

/**
 * A pure function of a batch and its keyed state.
 *
 * @typeParam In names of the input topics
 * @typeParam Out names of the output topics
 * @typeParam State value of the keyed state; `never` for an operator without any
 * @typeParam Services what it may use besides its inputs (models), resolved before the batch
 */
export interface Operator<In extends TopicName, Out extends TopicName, State = never, Services = unknown> {
  readonly name: string;
  /**
   * @param batch inputs in processing order
   * @returns one outcome per input, in the order of the inputs; the same for any split of the inputs into batches
   * @throws TransientError when the whole batch should be tried again later; anything else is the fault of a record
   */
  process(
    batch: readonly Input<In>[],
    state: KeyedState<State>,
    services: Services,
  ): readonly Outcome<Out>[] | Promise<readonly Outcome<Out>[]>;
}

/** The input went into the state, and nothing is published. */
export const absorb = { kind: "absorb" } as const;
/** The input was seen before. */
export const duplicate = { kind: "duplicate" } as const;
/** The input cannot be used. */
export const reject = (code: RejectCode, reason: string) => ({ kind: "reject", code, reason }) as const;
/** The input caused these records. */
export const emit = <Out extends TopicName>(...records: Output<Out>[]): Outcome<Out> => ({ kind: "emit", records });

/** The operator with its services given once, for those that are the same in every batch. */
export const withServices = <In extends TopicName, Out extends TopicName, State, Services>(
  operator: Operator<In, Out, State, Services>,
  services: Services,
): Operator<In, Out, State> => ({
  name: operator.name,
  process: (batch, state) => operator.process(batch, state, services),
});
