/** What a stage is: a declaration. Wiring a topic or a model that the operator does not know fails to compile. */
import type { Operator, Outcome } from "../../../operators/operator.js";
import type { TopicName, TopicRecords } from "../../../schemas/topics.js";
import type { Logger } from "../logger.js";
import type { MetricDefinition, Metrics } from "../metrics.js";
import type { SettingsDeclaration } from "../settings.js";

/** How a replay knows under which settings a log was written, where they change what is published. */
export interface ReplaySettings<Settings, Record> {
  /** The settings under which one input had these outputs; undefined: this build has none that would give them. */
  of(outputs: readonly Record[]): Settings | undefined;
  /**
   * What both serve; all that the second does where that is nothing. An input without an output had none under either, so
   * that it has none under fewer.
   */
  common(one: Settings, other: Settings): Settings;
  /** Equal for settings under which the same is published. */
  key(settings: Settings): string;
}

/** Where a stage's own measurements go. */
export interface MeasuredTo {
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/**
 * The declaration of a stage.
 *
 * @typeParam In names of the input topics
 * @typeParam Out names of the output topics
 * @typeParam State value of the keyed state
 * @typeParam Services what the operator asks for besides its inputs
 * @typeParam Settings the stage's own settings
 */
export interface StageDefinition<
  In extends TopicName = TopicName,
  Out extends TopicName = TopicName,
  State = unknown,
  Services = unknown,
  Settings extends object = object,
> {
  readonly name: string;
  /** In merge order: at the same availableAt, the earlier topic goes first. */
  readonly inputs: readonly NoInfer<In>[];
  readonly outputs: readonly NoInfer<Out>[];
  /** The operator, or how it is made from the settings. */
  readonly operator: Operator<In, Out, State, Services> | ((settings: Settings) => Operator<In, Out, State, Services>);
  /** Settings of its own; the configuration of every process has them. */
  readonly settings?: SettingsDeclaration<Settings>;
  /** Schema file of the keyed state, kept in `<stage>.state`; none for a stateless stage. */
  readonly stateSchema?: string;
  /** Version of what is kept in the state, in its field `version`: a state of a newer one is refused. */
  readonly stateVersion?: number;
  /** By older version, how a state of it becomes one of the next: without, it must be rebuilt. */
  readonly stateUpgrades?: Readonly<Record<number, (state: object) => object>>;
  /** For a replay of a log that was written under several settings; left out where they do not matter. */
  readonly recordedSettings?: ReplaySettings<Settings, TopicRecords[Out]>;
  /** Tasks whose models it uses: names among the services that the operator uses. */
  readonly models: readonly (keyof NoInfer<Services> & string)[];
  /** false: the state is the same whatever the models give, so that a rebuild of it needs none. Default: true. */
  readonly stateNeedsModels?: boolean;
  readonly batch: {
    /** Most input records in one transaction. */
    readonly records: number;
  };
  /**
   * "each": partition *p* of all inputs is one task, and a stage has as many as there are partitions. "all": one task reads
   * every partition of every input, for what cannot be computed of one symbol alone; it is task 0 (transactional id
   * `newstape.<stage>.0`, a changelog of one partition), held by one member while the others stand by. Default: "each".
   */
  readonly partitions?: "each" | "all";
  /** What it counts besides what every stage does. */
  readonly metrics?: readonly MetricDefinition[];
  /** Counts and logs what became of the inputs, once it is committed; no label may hold a symbol. */
  readonly measure?: (to: MeasuredTo) => (outcome: Outcome<Out>, input: Readonly<TopicRecords[In]>) => void;
  readonly description: string;
}

/** A stage of any types: what the runner handles. */
// The runner only moves records between topics and the operator, so it needs none of the types.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyStage = StageDefinition<any, any, any, any, any>;

/**
 * Checks the wiring at compile time and freezes the declaration.
 *
 * @throws Error where a replay could not know under which settings a record was written
 * @example
 * ```ts
 * import { absorb, defineStage, emit, recordId, type Operator } from "newstape";
 *
 * // A bar in which nothing was traded becomes news; of the others there is nothing to publish.
 * const halts: Operator<"market.bars", "news.raw"> = {
 *   name: "halts",
 *   process: (batch) =>
 *     batch.map(({ record: { id, symbol, volume, eventTime, availableAt, origin } }) => {
 *       if (volume > 0) return absorb;
 *       const article = { id: recordId("halts", id), source: "halts", sourceId: id, url: null, headline: `${symbol} is halted` };
 *       return emit({ topic: "news.raw", record: { ...article, symbols: [symbol], eventTime, availableAt, origin } });
 *     }),
 * };
 * const stage = defineStage({
 *   name: "halts",
 *   inputs: ["market.bars"],
 *   outputs: ["news.raw"],
 *   operator: halts,
 *   models: [],
 *   batch: { records: 500 },
 *   description: "News of bars without trade",
 * });
 * console.log(stage.name, Object.isFrozen(stage)); // halts true
 * ```
 */
export function defineStage<
  In extends TopicName,
  Out extends TopicName,
  State,
  Services = unknown,
  Settings extends object = object,
>(
  definition: StageDefinition<In, Out, State, Services, Settings>,
): StageDefinition<In, Out, State, Services, Settings> {
  if (typeof definition.operator === "function" && !definition.recordedSettings) {
    throw new Error(
      `the stage ${definition.name} is made from the settings: declare recordedSettings, or no replay knows which`,
    );
  }
  return Object.freeze(definition);
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyOperator = Operator<any, any, any, any>;

/** The operator of a stage under these settings. */
export function operatorOf({ operator }: AnyStage, settings: object): AnyOperator {
  return typeof operator === "function"
    ? (operator as (settings: object) => AnyOperator)(settings)
    : (operator as AnyOperator);
}
