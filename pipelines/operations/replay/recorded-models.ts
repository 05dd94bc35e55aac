/** Models as the records name them: loaded by name, version and hash, and picked as they were picked then. */
import { join } from "node:path";
import type { Closable } from "../../../models/runtime/artifact.js";
import { loadSentimentClassifier } from "../../../models/runtime/sentiment-classifier.js";
import type { ModelRouter, ModelRouters, ModelTask, Routed, TaskModels } from "../../../models/runtime/types.js";
import { modelTasks } from "../../../models/runtime/types.js";
import { loadVectorScorer } from "../../../models/runtime/vector-scorer.js";
import type { ModelReference, ModelVersion, NewsSentiment, Score } from "../../../schemas/generated/types.js";
import type { TopicName } from "../../../schemas/topics.js";
import type { Config } from "../../runtime/config.js";
import { messageOf, UserError } from "../../runtime/errors.js";

type Loaded = TaskModels[ModelTask] & Closable;

/** Who served a symbol on a task, as a record says it. */
export interface Choice {
  readonly task: ModelTask;
  readonly symbol: string;
  readonly arm: string;
  /** null: none was available, or none took the vector. */
  readonly model: ModelReference | null;
  /** The arm has no model, and the record is whole without. */
  readonly rulesAlone?: boolean;
}

/** The choices that a published record carries. */
export function choicesOf(name: TopicName, record: unknown): Choice[] {
  if (name === "news.sentiment") {
    const { symbol, arm, model, degraded } = record as NewsSentiment;
    return [{ task: "sentiment", symbol, arm, model, rulesAlone: model === null && !degraded }];
  }
  if (name !== "scores") return [];
  const { symbol, targets } = record as Score;
  return (["direction", "move", "return"] as const).map((task): Choice => {
    const found = targets.find(({ target }) => target === task);
    return { task, symbol, arm: found?.arm ?? "none", model: found?.model ?? null };
  });
}

const keyOf = ({ name, version }: Pick<ModelReference, "name" | "version">): string => `${name}@${version}`;

export class RecordedModels {
  readonly #loaded = new Map<string, Promise<Loaded>>();
  readonly #choices = new Map<string, Routed<Loaded>>();
  readonly #faults = new Map<string, string>();

  /**
   * @param versions what the registry knows
   * @param instead models to be used instead of those recorded, by their task
   */
  constructor(
    private readonly config: Config,
    private readonly versions: readonly ModelVersion[],
    private readonly instead: ReadonlyMap<ModelTask, ModelVersion> = new Map(),
  ) {}

  /** Models that could not be loaded, and why. */
  get faults(): ReadonlyMap<string, string> {
    return this.#faults;
  }

  readonly routers: ModelRouters<ModelTask> = Object.fromEntries(
    modelTasks.map((task) => [
      task,
      {
        task,
        pick: (symbol: string) => this.#choices.get(`${task}/${symbol}`) ?? { arm: "none", model: undefined },
      },
    ]),
  ) as unknown as { [Task in ModelTask]: ModelRouter<Task> };

  /** Whether the choice is that which is in force for its symbol, or none is. */
  agrees(choices: readonly Choice[]): boolean {
    return choices.every((choice) => {
      const known = this.#choices.get(`${choice.task}/${choice.symbol}`);
      return (
        known === undefined ||
        (known.arm === choice.arm &&
          (known.rulesAlone ?? false) === (choice.rulesAlone ?? false) &&
          sameModel(known.model?.model, this.#wanted(choice)))
      );
    });
  }

  /** Puts the choices in force. @returns why one cannot be; undefined when all are */
  async choose(choices: readonly Choice[]): Promise<string | undefined> {
    for (const choice of choices) {
      const wanted = this.#wanted(choice);
      let model: Loaded | undefined;
      if (wanted) {
        const fault = this.#faults.get(keyOf(wanted));
        if (fault !== undefined) return fault;
        try {
          model = await this.#load(wanted);
        } catch (error) {
          const message = `${keyOf(wanted)} cannot be loaded: ${messageOf(error)}`;
          this.#faults.set(keyOf(wanted), message);
          return message;
        }
      }
      this.#choices.set(`${choice.task}/${choice.symbol}`, {
        arm: choice.arm,
        model,
        rulesAlone: choice.rulesAlone ?? false,
      });
    }
    return undefined;
  }

  /** Forgets who served whom: the next batch may have been served by others. */
  forget(): void {
    this.#choices.clear();
  }

  async close(): Promise<void> {
    for (const loading of this.#loaded.values()) {
      const model = await loading.catch(() => undefined);
      await model?.close();
    }
  }

  #wanted({ task, model }: Choice): ModelReference | null {
    return model && (this.instead.get(task) ?? model);
  }

  #load(wanted: ModelReference): Promise<Loaded> {
    const key = `${keyOf(wanted)} ${wanted.sha256}`;
    const known = this.#loaded.get(key);
    if (known) return known;
    const loading = this.#open(wanted);
    this.#loaded.set(key, loading);
    return loading;
  }

  async #open({ name, version, sha256 }: ModelReference): Promise<Loaded> {
    const found = this.versions.find((candidate) => candidate.name === name && candidate.version === version);
    if (!found) throw new UserError(`the registry does not know ${name}@${version}`);
    const directory = join(this.config.artifactDirectory, found.path);
    return found.task === "sentiment"
      ? loadSentimentClassifier(directory, { sha256, workers: this.config.workers })
      : loadVectorScorer(directory, { sha256 });
  }
}

const sameModel = (one: ModelReference | undefined, other: ModelReference | null): boolean =>
  one?.name === other?.name && one?.version === other?.version && one?.sha256 === other?.sha256;
